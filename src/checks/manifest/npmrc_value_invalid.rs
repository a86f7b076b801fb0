use crate::checks::check::{Verdict, check};
use crate::facts::ProjectFacts;
use crate::finding::{Finding, Gap};
use crate::plan::InvalidValue;

check! {
    /// A setting has a value that makes npm fail.
    ///
    /// npm warns about values of a wrong type (`invalid config`), but uses them anyway if they
    /// come from an .npmrc or a variable. Most do no harm. npm fails on a `before` that is not
    /// a date, a `min-release-age` that is not a number of days (`7d`; npm 11.10 and later), a
    /// `fetch-timeout` or `maxsockets` that is not a number, and an unknown `loglevel`, on
    /// which it prints nothing at all. (Measured with npm 10, 11 and 12.) On the command line
    /// npm drops such values.
    ///
    /// npm says: `Invalid time value`, `ERR_INVALID_ARG_TYPE The "timeout" argument must be of
    /// type number`, `Exit handler never called!`, or nothing.
    id: "npmrc-value-invalid",
    level: Error,
    summary: "a setting has a value that makes npm fail",
    basis: CommandLine,
    silence: LeavesOpen,
    about: Project,
    remedy: {
        why "a setting of npm has a value of the wrong type, and npm fails when it uses it";
        help "correct the value, or remove the setting";
        asks "what are the settings?" => Config "list";
    },
}

fn run(facts: &ProjectFacts) -> Verdict {
    let mut findings = Vec::new();
    for setting in &facts.plan.invalid_values {
        findings.extend(judge(setting, facts)?);
    }
    Ok(findings)
}

fn judge(setting: &InvalidValue, facts: &ProjectFacts) -> Result<Option<Finding>, Gap> {
    let key = setting.key.as_str();
    let (must_be, code, text) = match key {
        "before" if is_no_date(&setting.value) => ("a date", "", "Invalid time value"),
        "min-release-age" if facts.npm()?.knows_min_release_age() => {
            ("a number of days", "", "Invalid time value")
        }
        "fetch-timeout" => (
            "a number of milliseconds",
            "ERR_INVALID_ARG_TYPE",
            "The \"timeout\" argument must be of type number.",
        ),
        "maxsockets" => ("a number", "", "Exit handler never called!"),
        "loglevel" => ("one of npm's levels, such as `notice`", "", ""),
        _ => return Ok(None),
    };
    let finding = Finding::new(format!(
        "`{key}` must be {must_be}, and this value makes npm fail"
    ))
    .set_by(&setting.origin);
    Ok(Some(if text.is_empty() {
        finding
    } else {
        finding.predicts(code, text)
    }))
}

/// Whether JavaScript certainly cannot read it as a date. It accepts many more forms than dates
/// usually have.
fn is_no_date(text: &str) -> bool {
    let text = text.trim();
    !text.contains(|c: char| c.is_ascii_digit()) || is_a_span(text) || is_beyond_the_calendar(text)
}

/// `7d`, `3 days ago`.
fn is_a_span(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = unit.trim_start();
    let unit = unit.strip_suffix("ago").unwrap_or(unit).trim_end();
    let units = [
        "d", "day", "days", "w", "week", "weeks", "month", "months", "y", "year", "years", "h",
        "hour", "hours",
    ];
    text.starts_with(|c: char| c.is_ascii_digit()) && units.contains(&unit)
}

/// `2026-13-01`, `2026-12-32`.
fn is_beyond_the_calendar(text: &str) -> bool {
    let parts: Vec<Option<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(_), Some(month), Some(day)] => text.len() == 10 && (month > 12 || day > 31),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake_project, npmrc_line, only, quiet};
    use crate::npm::NpmVersion;

    fn with(key: &str, value: &str, npm: (u64, u64)) -> ProjectFacts {
        let mut facts = fake_project();
        facts.npm = Ok(NpmVersion::new(npm.0, npm.1, 0));
        facts.plan.invalid_values.push(InvalidValue {
            key: key.to_owned(),
            value: value.to_owned(),
            origin: npmrc_line(1),
        });
        facts
    }

    #[test]
    fn fires_where_npm_ends() {
        for (key, value) in [
            ("before", ""),
            ("before", "yesterday"),
            ("before", "3 days ago"),
            ("before", "2026-13-01"),
            ("min-release-age", "7d"),
            ("fetch-timeout", "30s"),
            ("maxsockets", "many"),
            ("loglevel", "debug"),
        ] {
            let finding = only(run(&with(key, value, (11, 19))));
            assert!(finding.message.contains(key), "{finding:?}");
        }
    }

    #[test]
    fn stays_quiet_where_npm_goes_on() {
        assert!(quiet(&run(&fake_project())));
        for (key, value, npm) in [
            // JavaScript reads these as dates.
            ("before", "2020", (11, 19)),
            ("before", "01/13/2026", (11, 19)),
            ("before", "tomorrow at 5", (11, 19)),
            ("before", "2026-02-30", (11, 19)),
            ("min-release-age", "7d", (11, 9)),
            ("access", "bad", (11, 19)),
            ("fetch-retries", "x", (11, 19)),
        ] {
            assert!(quiet(&run(&with(key, value, npm))), "{key}={value}");
        }
    }
}
