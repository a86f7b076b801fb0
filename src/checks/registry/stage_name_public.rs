use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::registry::documents::PLACEHOLDER;
use crate::registry::kinds::traits;

check! {
    /// The first version of a new name is staged, and npmjs immediately shows the name to
    /// everybody.
    ///
    /// npmjs creates the package with the placeholder version `0.0.0-stage` as soon as the
    /// version is staged (npm's documentation, October 2026). The contents stay hidden until
    /// the approval. If the version is rejected, the name stays taken.
    id: "stage-name-public",
    level: Note,
    summary: "the name becomes public before the approval",
    basis: Registry,
    silence: LeavesOpen,
    remedy: {
        help "stage it once the name may become public";
    },
}

fn run(facts: &Facts) -> Verdict {
    let plan = &facts.package;
    if !plan.staged || plan.dry_run || !traits(facts.kind).npmjs_rules {
        return Ok(Vec::new());
    }
    let Some(name) = plan.name.as_str() else {
        return Ok(Vec::new());
    };
    let packument = facts.packument()?;
    if packument.value.is_some() {
        return Ok(Vec::new());
    }
    let message = format!(
        "{name} is new: as soon as it is staged, npmjs shows the name with the placeholder version {PLACEHOLDER}; the contents stay hidden until the approval"
    );
    Ok(vec![
        Finding::new(message).because(packument.evidence("no such package")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn staging() -> Facts {
        fake().with(|facts| facts.package.staged = true)
    }

    #[test]
    fn fires_on_a_new_name() {
        assert!(only(run(&staging())).message.contains("0.0.0-stage"));
    }

    #[test]
    fn stays_quiet_on_a_name_that_is_there_for_a_publish_and_elsewhere() {
        assert!(quiet(&run(&staging().published(&["0.9.0"]))));
        assert!(quiet(&run(&staging().published(&[PLACEHOLDER]))));
        assert!(quiet(&run(&fake())));
        let elsewhere = staging().with(|facts| facts.kind = RegistryKind::Verdaccio);
        assert!(quiet(&run(&elsewhere)));
    }

    #[test]
    fn undecided_in_silence() {
        let silent = staging().with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&silent)));
    }
}
