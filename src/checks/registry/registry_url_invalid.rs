use crate::checks::check::{Verdict, check};
use crate::checks::provisional::provisional;
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::origin::Origin;
use crate::plan::Field;

check! {
    /// The registry is not an absolute http or https URL.
    ///
    /// npm uses a value from a file, a variable or publishConfig unchanged, and fails for
    /// `registry.example`, an empty `registry=`, and `${REGISTRY}` if that variable is not set.
    /// It drops a `--registry` on the command line that is not a URL, with a warning, and uses
    /// the next setting, which may be the public registry: this check then warns, and names the
    /// registry that the package would go to.
    ///
    /// npm says: `ERR_INVALID_URL Invalid URL`.
    id: "registry-url-invalid",
    level: Error,
    summary: "the registry is not a URL",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the registry's URL is wrong or incomplete";
        help "write the whole URL, with `https://` and a final slash (project, feed and \
            repository included); safe-publish config shows which setting it comes from";
    },
}

const WHOLE_URL: &str = "write the whole URL, as in https://registry.npmjs.org/";

fn run(facts: &Facts) -> Verdict {
    let mut findings = Vec::new();
    let registry = &facts.package.registry;
    if let Some(dropped) = &facts.package.dropped_registry {
        let instead = registry.as_ref().map_or("nowhere".to_owned(), |registry| {
            format!("{} ({})", registry.value, registry.origin)
        });
        findings.push(
            Finding::new(format!(
                "npm drops --registry `{}`, which is not a URL, and publishes to {instead}",
                dropped.value
            ))
            .set_by(&dropped.origin)
            .help(WHOLE_URL)
            .level(Level::Warning),
        );
    }
    if let Err(problem) = registry {
        let unset = problem.value.contains("${");
        let finding = Finding::new(format!(
            "the registry `{}` is not an absolute http(s) URL",
            problem.value
        ))
        .set_by(&problem.origin)
        .predicts("ERR_INVALID_URL", "Invalid URL");
        let finding = if unset {
            finding.help("set the variable that it refers to")
        } else {
            finding.help(WHOLE_URL)
        };
        // npm validates its own configuration before its scripts, and reads publishConfig after
        // them.
        findings.push(match problem.origin {
            Origin::Manifest { .. } => provisional(&facts.package, finding, &[Field::Registry]),
            _ => finding,
        });
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet};
    use crate::npmrc::RegistryProblem;
    use crate::origin::{Origin, Resolved};

    fn bad(value: &str) -> Facts {
        fake().with(|facts| {
            facts.package.registry = Err(RegistryProblem {
                value: value.to_owned(),
                origin: npmrc_line(1),
            });
        })
    }

    #[test]
    fn fires_on_an_invalid_url() {
        assert_eq!(
            only(run(&bad("registry.example")))
                .predicts
                .unwrap()
                .code
                .unwrap(),
            "ERR_INVALID_URL"
        );
        assert_eq!(
            only(run(&bad("${REG}"))).helps(),
            ["set the variable that it refers to"]
        );
    }

    #[test]
    fn warns_where_npm_drops_the_flag_and_says_where_it_publishes_instead() {
        let facts = fake().with(|facts| {
            let origin = Origin::CommandLine {
                flag: "--registry".to_owned(),
            };
            facts.package.dropped_registry = Some(Resolved::new("foo".to_owned(), origin));
        });
        let finding = only(run(&facts));
        assert_eq!(finding.level, Some(Level::Warning));
        assert!(
            finding
                .message
                .contains("publishes to https://registry.npmjs.org/ (npm's default)")
        );
    }

    #[test]
    fn stays_quiet_on_a_url() {
        assert!(quiet(&run(&fake())));
    }
}
