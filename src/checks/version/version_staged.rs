use super::super::credential::registry;
use super::version;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};
use crate::registry::documents::VersionStatus;

check! {
    /// On npmjs a version can be published or staged only once. A staged version, or one that
    /// npm is still scanning, cannot be sent again, although `npm view` does not show it yet.
    /// npm itself looks only at what is visible, so it runs every script first.
    ///
    /// npmjs shows the state of a version only to accounts that may publish the package.
    /// Without such a credential the refusal is the first sign; it can also come from another
    /// run that publishes the version at the same moment, or from an earlier attempt.
    ///
    /// npm says: `E409 Cannot publish over previously staged version "1.0.2".`
    id: "version-staged",
    level: Error,
    summary: "the registry already has this version, staged or being processed",
    basis: Registry,
    silence: LeavesOpen,
    rests_on: [Name, Version, Registry],
    remedy: {
        why "the registry already has this version: it is staged and waits for approval, or its \
            publish is still being processed";
        help "wait some minutes, and check whether it appears" => View "{spec}";
        help "list the staged versions, then approve or reject this one" => Stage "list {package}";
        help "only then use the next version";
        asks_presence "is it published by now?" => View "{spec} version";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(version) = version(facts).filter(|_| !facts.package.dry_run) else {
        return Ok(Vec::new());
    };
    let answer = facts.status()?;
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = match answer.value {
        Some(VersionStatus::Staged) => Finding::new(format!(
            "{name} {version} is already staged, and waits for approval"
        ))
        .step(
            "approve or reject it; its id",
            NpmCommand::with_args(Verb::Stage, &["list", name]).at(&registry(facts)),
        )
        .because(answer.evidence("status is staged")),
        Some(VersionStatus::Validating) => Finding::new(format!(
            "npm already has {name} {version}, and is scanning it"
        ))
        .help(format!(
            "wait until it is visible: safe-publish verify {name}@{version}"
        ))
        .because(answer.evidence("status is validating")),
        _ => return Ok(Vec::new()),
    };
    // npm/cli#9519: npmjs also uses "published" for a version that is staged.
    let text = if facts.package.staged {
        format!("Cannot stage previously published version \"{version}\".")
    } else {
        format!("Cannot publish over previously staged version \"{version}\".")
    };
    Ok(vec![finding.at("/version").predicts("E409", text)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, refused, undecided};

    fn is(status: VersionStatus) -> Facts {
        fake().with(|facts| facts.answers.status = known(Some(status)))
    }

    #[test]
    fn fires_on_a_version_that_waits_or_is_scanned() {
        let staged = only(run(&is(VersionStatus::Staged)));
        assert!(staged.message.contains("waits for approval"));
        assert_eq!(
            staged.helps(),
            [
                "approve or reject it; its id: npm stage list cat --registry https://registry.npmjs.org/"
            ]
        );
        assert_eq!(staged.predicts.unwrap().code.unwrap(), "E409");
        let scanned = only(run(&is(VersionStatus::Validating)));
        assert!(scanned.helps()[0].ends_with("safe-publish verify cat@1.0.0"));
        let again = is(VersionStatus::Staged).with(|facts| facts.package.staged = true);
        let text = only(run(&again)).predicts.unwrap().text;
        assert!(text.starts_with("Cannot stage"));
    }

    #[test]
    fn stays_quiet_on_a_new_version_and_in_a_dry_run() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&is(VersionStatus::Published))));
        let dry = is(VersionStatus::Staged).with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }

    #[test]
    fn undecided_where_the_credential_may_not_ask() {
        let hidden = fake().with(|facts| facts.answers.status = Err(refused()));
        assert!(undecided(&run(&hidden)));
    }
}
