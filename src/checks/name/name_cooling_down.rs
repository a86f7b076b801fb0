use super::blocked_until;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// After a whole package was unpublished, its name is blocked for 24 hours.
    ///
    /// During that time nobody can publish any version under it, not even its former owner.
    /// Afterwards the old version numbers stay unusable. Unpublishing again restarts the 24
    /// hours.
    ///
    /// npm says: `E403 cat cannot be republished until 24 hours have passed.`
    id: "name-cooling-down",
    level: Error,
    summary: "the whole package was unpublished less than 24 hours ago",
    basis: Registry,
    silence: RulesOut,
    rests_on: [Name, Registry],
    remedy: {
        why "the whole package was unpublished, and npm refuses its name for 24 hours after that";
        help "wait until the 24 hours are over, then publish with a new version number; another \
            unpublish restarts them";
        help "or use another name or scope now";
        asks "when was it unpublished?" => View "{package} time.unpublished";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some((name, packument)) = super::published_name(facts)? else {
        return Ok(Vec::new());
    };
    let Some(blocked_until) = blocked_until(facts, packument) else {
        return Ok(Vec::new());
    };
    let local = blocked_until
        .to_zoned_datetime((facts.time_zone)())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string();
    let left = blocked_until.duration_since(facts.now);
    let (hours, minutes) = (left.as_hours(), left.as_mins() % 60);
    let wait = match hours {
        0 => format!("{minutes} min"),
        _ => format!("{hours} h {minutes} min"),
    };
    let since = packument
        .unpublished
        .as_ref()
        .and_then(|gone| gone.time.clone())
        .unwrap_or_default();
    let finding = Finding::new(format!(
        "the whole package {name} was unpublished, so its name is blocked until {local}, for {wait}"
    ))
    .at("/name")
    .predicts(
        "E403",
        format!("{name} cannot be republished until 24 hours have passed."),
    )
    .because(
        facts
            .packument()?
            .evidence(format!("time.unpublished is {since}")),
    )
    .help(format!(
        "wait until {local}, then publish a version that was never used"
    ))
    .help("do not unpublish again: that restarts the 24 hours");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};

    #[test]
    fn fires_and_says_when_it_opens() {
        let finding = only(run(
            &fake().unpublished("2026-11-24T09:30:00.000Z", &["0.9.0"])
        ));
        assert_eq!(
            finding.message,
            "the whole package cat was unpublished, so its name is blocked until 2026-11-25 09:30 UTC, for 21 h 30 min"
        );
    }

    #[test]
    fn stays_quiet_after_24_hours_and_on_what_was_never_unpublished() {
        assert!(quiet(&run(
            &fake().unpublished("2026-11-23T11:59:00.000Z", &["0.9.0"])
        )));
        assert!(quiet(&run(&fake().published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_in_silence() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
