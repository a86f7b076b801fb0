use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Evidence;
use crate::npmrc::credentials::Credential;

check! {
    /// The token expires within two weeks.
    ///
    /// On npmjs, tokens with write access last at most 90 days. The expiry date comes from the
    /// registry's list of tokens, where it can be read, or from the token itself where it is a
    /// JWT (Azure, Artifactory and Verdaccio use them). An expired token is also only a
    /// warning, because the registry's clock decides.
    ///
    /// npm says: nothing yet; afterwards `E404` on the PUT, or `E401`.
    id: "auth-expiring",
    level: Warning,
    summary: "the token expires soon",
    basis: Account,
    silence: LeavesOpen,
    remedy: {
        help "create a new token in time, or switch to trusted publishing, which needs none";
    },
}

/// Tokens that expire within this time are reported.
const EXPIRY_WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Tokens that last only hours by design (CodeArtifact, GitLab's jobs) always expire soon; they
/// are reported only in their last minutes.
const SHORT_LIFETIME: SignedDuration = SignedDuration::from_hours(48);
const LAST_MINUTES: SignedDuration = SignedDuration::from_mins(10);

fn run(facts: &Facts) -> Verdict {
    if super::needs_none(facts) {
        return Ok(Vec::new());
    }
    let Some((end, soon, evidence)) = by_list(facts).or_else(|| by_itself(facts)) else {
        facts.token()?;
        return Ok(Vec::new());
    };
    let left = end.duration_since(facts.now);
    if left > soon {
        return Ok(Vec::new());
    }
    let day = end
        .to_zoned_datetime((facts.time_zone)())
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let message = if left.is_negative() {
        format!("the token expired on {day}")
    } else if left.as_hours() < 48 {
        format!("the token expires on {day}, in {} hours", left.as_hours())
    } else {
        format!(
            "the token expires on {day}, in {} days",
            left.as_hours() / 24
        )
    };
    let finding = super::of_token(facts, message).because(evidence);
    Ok(vec![finding])
}

fn by_list(facts: &Facts) -> Option<(Timestamp, SignedDuration, Evidence)> {
    let answer = facts.token().ok()?;
    let text = answer.value.expiry.as_ref()?;
    let end = text.parse().ok()?;
    Some((end, EXPIRY_WARNING, answer.evidence("its expiry date")))
}

/// The `exp` of a JWT. No part of the token is shown.
fn by_itself(facts: &Facts) -> Option<(Timestamp, SignedDuration, Evidence)> {
    let request = facts.package.credential.request.as_ref()?;
    let Credential::Token(token) = &request.credential else {
        return None;
    };
    let mut parts = token.expose().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    let seconds = |key: &str| claims.get(key)?.as_i64();
    let end = seconds("exp")?;
    let life = seconds("iat").map(|begin| SignedDuration::from_secs(end - begin));
    let soon = if life.is_some_and(|life| life <= SHORT_LIFETIME) {
        LAST_MINUTES
    } else {
        EXPIRY_WARNING
    };
    let evidence = Evidence {
        request: request.origin.to_string(),
        answer: "the token is a JWT, with this date in `exp`".to_owned(),
    };
    Some((Timestamp::from_second(end).ok()?, soon, evidence))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::fake::{fake, only, quiet, token, undecided};
    use crate::finding::Gap;

    fn ending(time: &str) -> Facts {
        fake().token_is(|token| token.expiry = Some(time.to_owned()))
    }

    fn jwt(claims: &Value) -> Facts {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.c2ln", part(&json!({"alg":"x"})), part(claims));
        fake().with(|facts| facts.package.credential.request = Some(token(&text)))
    }

    #[test]
    fn fires_within_two_weeks_and_after_the_end() {
        assert!(
            only(run(&ending("2026-12-01T12:00:00.000Z")))
                .message
                .ends_with("in 7 days")
        );
        assert!(
            only(run(&ending("2026-11-24T20:00:00.000Z")))
                .message
                .ends_with("in 8 hours")
        );
        assert!(
            only(run(&ending("2026-11-20T12:00:00.000Z")))
                .message
                .starts_with("the token expired on")
        );
    }

    #[test]
    fn fires_on_the_end_that_a_jwt_names() {
        let now = fake().now.as_second();
        let soon = only(run(&jwt(&json!({ "exp": now + 86_400 * 3 }))));
        assert!(soon.message.contains("in 3 days"), "{}", soon.message);
        let hours = json!({ "iat": now - 3600, "exp": now + 3600 });
        assert!(
            quiet(&run(&jwt(&hours).token_is(|_| ()))),
            "a token of hours by design"
        );
        let minutes = json!({ "iat": now - 3600, "exp": now + 60 });
        assert_eq!(run(&jwt(&minutes)).unwrap().len(), 1);
    }

    #[test]
    fn stays_quiet_where_there_is_time() {
        assert!(quiet(&run(&ending("2027-02-01T12:00:00.000Z"))));
        assert!(quiet(&run(&fake().token_is(|_| ()))));
    }

    #[test]
    fn undecided_where_the_expiry_is_unknown() {
        assert!(undecided(&run(&fake())));
        assert!(matches!(
            run(&jwt(&json!({ "sub": "x" }))),
            Err(Gap::NotAllowed { .. })
        ));
    }
}
