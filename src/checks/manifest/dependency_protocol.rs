use crate::checks::check::{Verdict, check};
use crate::checks::provisional::provisional;
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Help, Level, NpmCommand, Verb};
use crate::manifest::{Dependency, DependencyField, named_package};
use crate::plan::{Field, Protocols};

check! {
    /// A dependency uses a protocol that only one package manager, or only this machine, can
    /// resolve.
    ///
    /// npm publishes package.json unchanged: pnpm and Yarn replace `workspace:` and `catalog:`
    /// when they publish, npm does not. The publish succeeds, but nobody can install the
    /// package. `safe-publish release` lets those tools pack and npm publish the tarball; there
    /// the check warns about a `workspace:` range on a package of the repository that is
    /// private or missing.
    ///
    /// `workspace:` and `catalog:` are an error whatever scripts run first; any other entry
    /// that a script may rewrite is a warning. What `file:` names must be in the tarball
    /// itself, or bundled. If changesets publishes with pnpm there is no finding; with Yarn it
    /// is a warning, since only changesets 3 lets Yarn pack.
    ///
    /// npm says: nothing; an install fails with `EUNSUPPORTEDPROTOCOL Unsupported URL Type
    /// "workspace:"`.
    id: "dependency-protocol",
    level: Error,
    summary: "a dependency uses a protocol that users cannot install from",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        why "a dependency is written for another package manager (`workspace:`, `catalog:`, `link:`), which npm does not understand";
        help BY_ITS_TOOL => Release "";
        help "or write the range itself, such as ^1.2.3";
    },
}

const BY_ITS_TOOL: &str = "let the project's own tool pack it";

/// Protocols of pnpm, Yarn, Bun and Deno that npm does not support.
const FOREIGN_PROTOCOLS: [&str; 8] = [
    "workspace:",
    "catalog:",
    "link:",
    "portal:",
    "patch:",
    "exec:",
    "jsr:",
    "deno:",
];

/// Those that pnpm and Yarn replace with a range when they pack.
const REPLACED: [&str; 2] = ["workspace:", "catalog:"];

fn run(facts: &Facts) -> Verdict {
    if super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let manifest = &facts.package.manifest;
    let all = DependencyField::PUBLISHED
        .into_iter()
        .flat_map(|field| manifest.dependencies(field));
    let mut findings = Vec::new();
    for dependency in all {
        let spec = dependency.spec.trim();
        let foreign = FOREIGN_PROTOCOLS
            .into_iter()
            .find(|start| spec.starts_with(start));
        let Some(protocol) = foreign.or_else(|| spec.starts_with("file:").then_some("file:"))
        else {
            continue;
        };
        let by_packer = REPLACED
            .contains(&protocol)
            .then_some(facts.package.protocols);
        if by_packer == Some(Protocols::Replaced) {
            findings.extend(unresolved(facts, &dependency));
            continue;
        }
        let finding = if protocol == "file:" {
            local(facts, &dependency).map(|finding| lowered(facts, finding))
        } else if by_packer.is_none() {
            Some(lowered(facts, foreign_protocol(&dependency, protocol)))
        } else {
            Some(for_a_packer(facts, &dependency, protocol))
        };
        findings.extend(finding);
    }
    Ok(findings)
}

/// A script may write another range.
fn lowered(facts: &Facts, finding: Finding) -> Finding {
    provisional(&facts.package, finding, &[Field::Dependencies])
}

fn uninstallable(dependency: &Dependency<'_>) -> Finding {
    let shown = crate::secret::excerpt(dependency.spec.trim(), 60);
    Finding::new(format!(
        "`{}.{}` is `{shown}`, which users cannot install",
        dependency.field.key(),
        dependency.name
    ))
    .at(&dependency.pointer)
}

fn foreign_protocol(dependency: &Dependency<'_>, protocol: &str) -> Finding {
    let shown = crate::secret::excerpt(dependency.spec.trim(), 60);
    uninstallable(dependency)
        .because(Evidence {
            request: "npm install".to_owned(),
            answer: format!("EUNSUPPORTEDPROTOCOL Unsupported URL Type \"{protocol}\": {shown}"),
        })
        .help("write the range instead, such as ^1.2.3")
}

/// A range that the project's own tool replaces, but npm does not. No script can make up for
/// that: it must never reach a registry.
fn for_a_packer(facts: &Facts, dependency: &Dependency<'_>, protocol: &str) -> Finding {
    let mut finding = foreign_protocol(dependency, protocol);
    let name = facts.package.name.as_str().unwrap_or_default();
    let is_release = !facts.package.siblings.is_empty();
    if !is_release && !name.is_empty() {
        let release = NpmCommand::with_args(Verb::Release, &["-w", name]);
        let step = Help::step(BY_ITS_TOOL, release);
        finding.help.insert(0, step);
    }
    match facts.package.protocols {
        Protocols::Unknown => finding.level(Level::Warning),
        Protocols::Kept | Protocols::Replaced => finding,
    }
}

/// A package of the repository that users cannot get: no tool reports a private one, and a
/// missing one makes packing fail.
fn unresolved(facts: &Facts, dependency: &Dependency<'_>) -> Option<Finding> {
    let siblings = &facts.package.siblings;
    let spec = dependency.spec.trim();
    if siblings.is_empty() || !spec.starts_with("workspace:") {
        return None;
    }
    let name = named_package(dependency.name, spec)?;
    let problem = match siblings.get(name) {
        Some(false) => return None,
        Some(true) => format!("`{name}`, which is private"),
        None => format!("`{name}`, which is the name of no package in this repository"),
    };
    let finding = Finding::new(format!("{} names {problem}", dependency.field.key()))
        .at(&dependency.pointer)
        .level(Level::Warning)
        .help(
            "publish that package as well, or remove it from the dependencies that users \
            install",
        );
    Some(finding)
}

/// What `file:` names but the tarball does not contain.
fn local(facts: &Facts, dependency: &Dependency<'_>) -> Option<Finding> {
    let known = is_packed(facts, dependency.spec.trim(), dependency.name);
    if known == Some(true) {
        return None;
    }
    let finding = uninstallable(dependency)
        .help("use a range of a published version, or bundle it (bundleDependencies)");
    // A script may create what does not exist yet.
    Some(if known.is_none() || !facts.package.scripts.is_empty() {
        finding.level(Level::Warning)
    } else {
        finding
    })
}

/// Whether what `file:` names is in the tarball; `None` if unknown.
fn is_packed(facts: &Facts, spec: &str, name: &str) -> Option<bool> {
    let contents = facts.contents()?;
    if contents
        .packed
        .bundled
        .iter()
        .any(|bundled| bundled == name)
    {
        return Some(true);
    }
    let path = spec.strip_prefix("file:")?.trim_start_matches("./");
    let path = path.trim_end_matches('/');
    let below = format!("{path}/package.json");
    let mut files = contents.packed.files.iter();
    Some(files.any(|file| file.path == path || file.path == below))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake_of, only, packed_of, quiet};

    fn with(field: &str, spec: &str) -> Facts {
        fake_of(json!({ "name": "cat", "version": "1.0.0", field: { "dog": spec } }))
    }

    #[test]
    fn protocols_that_the_packer_replaces_are_fine() {
        let under = |protocols, spec| {
            with("dependencies", spec).with(|facts| facts.package.protocols = protocols)
        };
        for spec in ["workspace:^", "catalog:"] {
            assert!(quiet(&run(&under(Protocols::Replaced, spec))));
            let unknown = only(run(&under(Protocols::Unknown, spec)));
            assert_eq!(unknown.level, Some(Level::Warning));
        }
        assert_eq!(
            only(run(&under(Protocols::Replaced, "link:../dog"))).level,
            None
        );
    }

    #[test]
    fn warns_of_packages_of_the_repository_that_users_cannot_have() {
        let with = |spec| {
            with("dependencies", spec).with(|facts| {
                facts.package.protocols = Protocols::Replaced;
                let siblings = [("dog", true), ("cow", false)];
                let siblings = siblings.map(|(name, private)| (name.to_owned(), private));
                facts.package.siblings = Arc::new(siblings.into());
            })
        };
        for (spec, words) in [
            ("workspace:*", "`dog`, which is private"),
            ("workspace:cat@^1", "`cat`, which is the name of no package"),
        ] {
            let finding = only(run(&with(spec)));
            assert_eq!(finding.level, Some(Level::Warning));
            assert!(finding.message.contains(words), "{}", finding.message);
        }
        for spec in ["workspace:cow@*", "catalog:", "^1.0.0"] {
            assert!(quiet(&run(&with(spec))), "{spec}");
        }
    }

    #[test]
    fn fires_on_protocols_that_npm_does_not_know() {
        for field in ["dependencies", "optionalDependencies", "peerDependencies"] {
            for spec in ["workspace:*", "catalog:", "link:../dog", " portal:../dog"] {
                let finding = only(run(&with(field, spec)));
                assert_eq!(finding.level, None);
                assert_eq!(finding.predicts, None, "npm publish says nothing");
                assert!(
                    finding.evidence[0]
                        .answer
                        .starts_with("EUNSUPPORTEDPROTOCOL")
                );
            }
        }
    }

    #[test]
    fn a_local_package_must_be_in_the_tarball() {
        let with = |files: &[&str]| {
            let manifest = json!({
                "name": "cat", "version": "1.0.0", "dependencies": { "dog": "file:./vendor/dog" }
            });
            packed_of(manifest, files, |_| {})
        };
        assert_eq!(only(run(&with(&["index.js"]))).level, None);
        assert!(quiet(&run(&with(&["vendor/dog/package.json"]))));
        let bundled = with(&["index.js"]).with(|facts| {
            let contents = facts.contents.as_mut().unwrap().as_mut().unwrap();
            Arc::make_mut(&mut contents.packed).bundled = vec!["dog".to_owned()];
        });
        assert!(quiet(&run(&bundled)));
    }

    #[test]
    fn warns_of_files_and_where_a_script_may_rewrite_it() {
        assert_eq!(
            only(run(&with("dependencies", "file:../dog"))).level,
            Some(Level::Warning)
        );
        let scripted = |spec| only(CHECK.on(&with("dependencies", spec).rewritten()));
        assert_eq!(scripted("link:../dog").level, Some(Level::Warning));
        for spec in ["workspace:^", "catalog:"] {
            assert_eq!(scripted(spec).level, None, "never onto a registry");
            assert_eq!(
                scripted(spec).helps()[0],
                "let the project's own tool pack it: safe-publish release -w cat"
            );
        }
    }

    #[test]
    fn stays_quiet_on_what_npm_installs() {
        for spec in [
            "^1.0.0",
            "npm:cat@1",
            "github:o/r",
            "git+ssh://h/r.git",
            "https://h/x.tgz",
            "",
        ] {
            assert!(quiet(&run(&with("dependencies", spec))), "{spec}");
        }
        assert!(quiet(&run(&with("devDependencies", "workspace:*"))));
    }
}
