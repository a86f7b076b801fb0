use crate::checks::check::{Verdict, check};
use crate::facts::ProjectFacts;
use crate::finding::{Finding, Gap, NpmCommand, Verb};
use crate::manifest::Manifest;
use crate::manifest::dev_engines::{Complaint, Engine, Judgement, judge};
use crate::npm::NpmVersion;

check! {
    /// npm refuses every command if the project's `devEngines` do not allow the npm and the
    /// Node that run.
    ///
    /// npm reads the package.json of the project: the working folder's, or the workspace
    /// root's. That of the published folder or tarball does not count. With `onFail: "warn"` or
    /// `"ignore"` npm continues; with `"error"`, `"download"` or no `onFail` it does not.
    /// `--force` overrides a mismatch, but not a field that npm cannot read.
    ///
    /// npm says: `EBADDEVENGINES The developer of this package has specified the following
    /// through devEngines`, or `Invalid property "devEngines.…"`.
    id: "dev-engines-mismatch",
    level: Error,
    summary: "the project's devEngines do not allow the npm or the Node that runs",
    basis: CommandLine,
    silence: RulesOut,
    about: Project,
    remedy: {
        help "publish with the npm and the Node that the project asks for";
        help "set `\"onFail\": \"warn\"` in devEngines, which turns the refusal into a warning";
        asks "what do they require?" => PkgGet "devEngines", "npm --version", "node --version";
    },
}

fn run(facts: &ProjectFacts) -> Verdict {
    let Some(manifest) = &facts.plan.manifest else {
        return Ok(Vec::new());
    };
    if !manifest.object.contains_key("devEngines") || !facts.npm()?.checks_dev_engines() {
        return Ok(Vec::new());
    }
    match judge(manifest, &facts.host) {
        Judgement::Passes => Ok(Vec::new()),
        Judgement::Mismatch(_) | Judgement::Unknown(_) if facts.plan.force => Ok(Vec::new()),
        Judgement::Mismatch(complaint) => Ok(vec![mismatch(manifest, &complaint, facts.npm()?)]),
        Judgement::Malformed(complaint) => Ok(vec![malformed(manifest, &complaint)]),
        Judgement::Unknown(engine) => Err(Gap::Unknown(format!(
            "devEngines name a {}, but what runs here could not be determined",
            engine.key()
        ))),
    }
}

fn mismatch(manifest: &Manifest, complaint: &Complaint, npm: &NpmVersion) -> Finding {
    let finding = Finding::new(format!(
        "devEngines of the project do not match: {}",
        complaint.text
    ))
    .in_manifest(&manifest.path, &complaint.pointer)
    .predicts("EBADDEVENGINES", complaint.text.clone());
    let wanted = manifest.pointer(&complaint.pointer);
    let text = |key| wanted.and_then(|wanted| wanted.get(key)?.as_str());
    let is = |engine: Engine| {
        let pointer = format!("/devEngines/{}", engine.key());
        complaint.pointer.starts_with(&pointer)
    };
    let finding = match (text("name"), text("version")) {
        (Some("npm"), Some(version)) if is(Engine::PackageManager) => finding.step(
            format!("the npm that runs is {npm}; install one that fits"),
            NpmCommand::with_args(Verb::Install, &["-g", &format!("npm@{version}")]),
        ),
        (Some(name), _) if is(Engine::PackageManager) => {
            finding.help(format!("publish with {name}, as the project asks"))
        }
        (Some("node"), Some(version)) if is(Engine::Runtime) => {
            finding.help(format!("run npm with a Node {version}"))
        }
        _ => finding,
    };
    let field = complaint.pointer.trim_start_matches('/').replace('/', ".");
    let finding = if wanted.is_some_and(serde_json::Value::is_object) && !field.contains(".0") {
        finding.step(
            "to get only a warning",
            NpmCommand::pkg_set(&format!("{field}.onFail"), "warn"),
        )
    } else {
        finding.help("to get only a warning, set \"onFail\": \"warn\" in the last entry")
    };
    finding.help("`--force` overrides it once; it also skips npm's own checks of versions and tags")
}

fn malformed(manifest: &Manifest, complaint: &Complaint) -> Finding {
    Finding::new(format!(
        "npm cannot read devEngines of the project: {}",
        complaint.text
    ))
    .in_manifest(&manifest.path, &complaint.pointer)
    .predicts("", complaint.text.clone())
    .help(
        "devEngines can have packageManager, runtime, cpu, libc and os, each an object (or an \
         array of objects) with name, version and onFail; onFail is ignore, warn, error or \
         download",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::fake::{fake_project, only, quiet};
    use crate::manifest::dev_engines::Property;

    fn asking(dev_engines: &Value) -> ProjectFacts {
        let mut facts = fake_project();
        facts.plan.manifest = Some(Manifest::from_json(
            json!({ "name": "cat", "devEngines": dev_engines }),
        ));
        facts.host.npm = Property::Is("11.19.1".to_owned());
        facts.host.node = Property::Is("v22.1.0".to_owned());
        facts
    }

    #[test]
    fn fires_where_npm_would_refuse() {
        let finding = only(run(&asking(
            &json!({ "packageManager": { "name": "pnpm" } }),
        )));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EBADDEVENGINES");
        let finding = only(run(&asking(&json!({ "node": "22" }))));
        assert_eq!(finding.predicts.unwrap().code, None);
    }

    #[test]
    fn stays_quiet_where_npm_warns_or_is_forced_or_too_old_to_look() {
        let pnpm = json!({ "packageManager": { "name": "pnpm" } });
        let lenient = json!({ "packageManager": { "name": "pnpm", "onFail": "warn" } });
        assert!(quiet(&run(&asking(&lenient))));
        let mut forced = asking(&pnpm);
        forced.plan.force = true;
        assert!(quiet(&run(&forced)));
        let mut old = asking(&pnpm);
        old.npm = Ok(NpmVersion::new(10, 8, 2));
        assert!(quiet(&run(&old)));
        assert!(quiet(&run(&fake_project())));
    }

    #[test]
    fn force_does_not_lift_a_field_that_npm_cannot_read() {
        let mut forced = asking(&json!({ "node": "22" }));
        forced.plan.force = true;
        assert_eq!(run(&forced).unwrap().len(), 1);
    }

    #[test]
    fn undecided_where_the_node_is_not_known() {
        let mut facts = asking(&json!({ "runtime": { "name": "node", "version": "20" } }));
        facts.host.node = Property::Unknown;
        assert!(run(&facts).is_err());
    }
}
