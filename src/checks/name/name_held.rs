use super::is_held;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// npm has reserved the name after malware or a dispute, so nobody else can publish under it.
    ///
    /// Such a package has one version, `0.0.1-security`, and describes itself as a security holding
    /// package.
    ///
    /// npm says: `E403 You do not have permission to publish "cat". Are you logged in as the correct user?`
    id: "name-held",
    level: Error,
    summary: "npm has reserved the name",
    basis: Registry,
    silence: LeavesOpen,
    rests_on: [Name, Registry],
    remedy: {
        why "npm itself holds the name after a security incident or a dispute";
        help "choose another name; only npm's support can release this one";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some((name, packument)) = super::published_name(facts)? else {
        return Ok(Vec::new());
    };
    let mine = facts
        .account()
        .is_ok_and(|(account, _)| packument.maintainers.iter().any(|name| name == account));
    if !is_held(packument) || mine {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!("npm has reserved the name {name}"))
        .at("/name")
        .predicts("E403", format!("You do not have permission to publish \"{name}\". Are you logged in as the correct user?"))
        .because(facts.packument()?.evidence("versions holds 0.0.1-security, npm's own placeholder"))
        .help("choose another name")
        .help("npm's support can release a reserved name: https://www.npmjs.com/support");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};

    fn held() -> Facts {
        fake()
            .published(&["0.0.1-security"])
            .packument_with(|packument| {
                packument.description = Some("security holding package".to_owned());
                packument.maintainers = vec!["npm".to_owned()];
            })
    }

    #[test]
    fn fires_on_a_holder() {
        assert_eq!(only(run(&held())).message, "npm has reserved the name cat");
    }

    #[test]
    fn stays_quiet_on_other_packages_and_on_ones_own() {
        assert!(quiet(&run(&fake().published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&held().packument_with(|packument| packument
            .maintainers =
            vec!["alice".to_owned()]))));
    }

    #[test]
    fn undecided_in_silence() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
