use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};

check! {
    /// npm refuses to publish a private package, after all scripts have run.
    ///
    /// Any truthy value counts: `"false"`, `"no"` and `1` do; `0`, `""` and `null` do not. In a
    /// workspace npm skips private members and continues, so it is a note there. A dry run
    /// ignores `private`.
    ///
    /// npm says: `EPRIVATE This package has been marked as private`.
    id: "manifest-private",
    level: Error,
    summary: "package.json says that the package is private",
    basis: Commit,
    silence: LeavesOpen,
    rests_on: [Private],
    remedy: {
        why "package.json has `private`, so npm refuses to publish it; even the string \"false\" \
            counts as true";
        help "if the package is meant to be published" => PkgDelete "private";
    },
}

fn run(facts: &Facts) -> Verdict {
    let package = &facts.package;
    if !package.manifest.is_private()
        || package.as_workspace
        || package.dry_run
        || super::is_remote(facts)
    {
        return Ok(Vec::new());
    }
    let finding = Finding::new("the package is private, and npm does not publish private packages")
        .at("/private")
        .predicts("EPRIVATE", "This package has been marked as private");
    let is_root = package.manifest.object.contains_key("workspaces");
    Ok(vec![if is_root {
        finding.help("to publish its members: safe-publish --workspaces, or -w NAME for one")
    } else {
        finding.step(
            "remove \"private\" from package.json",
            NpmCommand::new(Verb::PkgDelete, "private"),
        )
    }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};

    fn private(value: &serde_json::Value) -> Facts {
        fake_of(json!({ "name": "cat", "version": "1.0.0", "private": value }))
    }

    #[test]
    fn fires_on_whatever_javascript_takes_for_true() {
        for value in [json!(true), json!("false"), json!(1), json!({}), json!([])] {
            assert_eq!(
                only(run(&private(&value))).predicts.unwrap().code.unwrap(),
                "EPRIVATE"
            );
        }
    }

    #[test]
    fn stays_quiet_on_what_javascript_takes_for_false() {
        for value in [json!(false), json!(0), json!(""), json!(null)] {
            assert!(quiet(&run(&private(&value))));
        }
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn stays_quiet_where_npm_does_not_look_or_skips() {
        assert!(quiet(&run(
            &private(&json!(true)).with(|facts| facts.package.dry_run = true)
        )));
        assert!(quiet(&run(
            &private(&json!(true)).with(|facts| facts.package.as_workspace = true)
        )));
    }
}
