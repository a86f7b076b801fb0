use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

/// Programs that clean up in the folder, with no effect elsewhere.
const LOCAL: [&str; 12] = [
    "cd",
    "clean-package",
    "cp",
    "del",
    "del-cli",
    "echo",
    "mkdir",
    "mv",
    "pinst",
    "rimraf",
    "rm",
    "shx",
];

check! {
    /// `npm stage publish` runs the scripts `publish` and `postpublish` right after it has
    /// staged the version. Nobody can install it yet, and it may still be rejected.
    ///
    /// Such scripts often push tags, announce a release or deploy what needs the new version. A
    /// script that only removes or restores files here is fine. If one fails, npm ends with its
    /// exit code, but the version is staged anyway.
    ///
    /// npm says: nothing.
    id: "stage-script-early",
    level: Warning,
    summary: "a script runs before the staged version is approved",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        help "run what needs the published version after the approval, not in `publish` or `postpublish`";
        help "or let the script exit immediately if the variable npm_command is `stage`";
    },
}

fn run(facts: &Facts) -> Verdict {
    let plan = &facts.package;
    if !plan.staged || plan.dry_run {
        return Ok(Vec::new());
    }
    let reaches_out = |name: &&String| {
        let text = plan.manifest.script(name);
        text.is_some_and(|text| !is_local(text) && !text.contains("npm_command"))
    };
    let scripts = plan.scripts_after.iter().filter(reaches_out);
    Ok(scripts
        .map(|name| {
            Finding::new(format!(
                "the script `{name}` runs as soon as the version is staged, before anybody can install it"
            ))
            .at(&format!("/scripts/{name}"))
        })
        .collect())
}

/// Whether every command of a script starts with one of `LOCAL`.
fn is_local(script: &str) -> bool {
    let commands = script.split(['&', '|', ';', '\n']).map(str::trim);
    let mut commands = commands.filter(|command| !command.is_empty());
    commands.all(|command| {
        let program = command.split_whitespace().next().unwrap_or_default();
        let holds_another = command.contains(['$', '`']);
        LOCAL.contains(&program) && !holds_another
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake_of, only, quiet};

    fn staging(postpublish: &str) -> Facts {
        let manifest = json!({
            "name": "cat",
            "version": "1.0.0",
            "scripts": { "postpublish": postpublish },
        });
        fake_of(manifest).with(|facts| {
            facts.package.staged = true;
            facts.package.scripts_after = vec!["postpublish".to_owned()];
        })
    }

    #[test]
    fn fires_on_a_script_that_may_reach_others() {
        for script in [
            "git push --tags",
            "rm -r dist && node announce.js",
            "echo $(curl x)",
        ] {
            let finding = only(run(&staging(script)));
            assert!(finding.message.contains("`postpublish`"), "{script}");
            assert!(finding.place.is_some());
        }
    }

    #[test]
    fn stays_quiet_on_scripts_that_tidy_up_or_know_the_stage() {
        for script in [
            "pinst --enable",
            "rimraf dist && echo done",
            "test $npm_command = stage || git push --tags",
        ] {
            assert!(quiet(&run(&staging(script))), "{script}");
        }
    }

    #[test]
    fn stays_quiet_for_a_publish_a_dry_run_and_where_npm_ignores_scripts() {
        let script = || staging("git push --tags");
        assert!(quiet(&run(
            &script().with(|facts| facts.package.staged = false)
        )));
        assert!(quiet(&run(
            &script().with(|facts| facts.package.dry_run = true)
        )));
        let ignored = script().with(|facts| facts.package.scripts_after.clear());
        assert!(quiet(&run(&ignored)));
    }
}
