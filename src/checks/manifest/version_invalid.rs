use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::version::VersionProblem;

check! {
    /// npm publishes only SemVer versions: three numbers and an optional prerelease.
    ///
    /// npm parses loosely: it accepts surrounding spaces, a leading `v` or `=` and leading
    /// zeros, and drops build metadata (`+5`). It refuses everything else.
    ///
    /// npm says: `Invalid version: "1.0"`.
    ///
    /// npm reads the version before it runs any script, so no script can fix it.
    id: "version-invalid",
    level: Error,
    summary: "the version is not a SemVer version",
    basis: Registry,
    silence: LeavesOpen,
    remedy: {
        why "the version is not three numbers separated by dots, as in 1.2.3 or 1.2.3-beta.1";
        help "write all three numbers, and a hyphen before a prerelease: 1.0.0 for 1.0, 1.2.3-beta for 1.2.3beta";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Err(VersionProblem::Invalid { value, nearest }) = &facts.package.version else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(format!("`{value}` is not a SemVer version"))
        .at("/version")
        .predicts("", format!("Invalid version: \"{value}\""));
    let finding = match nearest {
        Some(nearest) => finding.run(NpmCommand::pkg_set("version", nearest)),
        None => finding.step(
            "write three numbers",
            NpmCommand::pkg_set("version", "1.0.0"),
        ),
    };
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake_of, only, quiet};

    fn version(version: &serde_json::Value) -> Facts {
        fake_of(json!({ "name": "cat", "version": version }))
    }

    #[test]
    fn fires_on_an_invalid_version() {
        let finding = only(run(&version(&json!("1.0"))));
        assert_eq!(finding.helps(), ["npm pkg set version=1.0.0"]);
        for value in [json!("next"), json!("1.2.3.4"), json!(1)] {
            assert!(!run(&version(&value)).unwrap().is_empty());
        }
    }

    #[test]
    fn stays_quiet_on_what_npm_cleans() {
        for text in ["1.0.0", " v1.4.0", "=1.2.3", "1.0.0+5", "1.0.0-beta.1"] {
            assert!(quiet(&run(&version(&json!(text)))), "{text}");
        }
    }

    #[test]
    fn a_missing_version_is_left_to_another_check() {
        assert!(quiet(&run(&fake_of(json!({ "name": "cat" })))));
    }
}
