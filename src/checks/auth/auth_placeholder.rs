//! The token is a placeholder: a template that nothing expanded, or text from an example.

use super::{may_take_anything, needs_none, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::npmrc::placeholder::{Placeholder, PlaceholderKind};
use crate::registry::documents::Whoami;
use crate::registry::kinds::traits;

check! {
    /// The token is a placeholder: npm sends its text unchanged.
    ///
    /// npm expands only `${NPM_TOKEN}`: `$NPM_TOKEN`, `%NPM_TOKEN%`, `$(NPM_TOKEN)`,
    /// `{{NPM_TOKEN}}` and `${{ secrets.NPM_TOKEN }}` are sent unchanged, and so is
    /// `YOUR_TOKEN_HERE` from an example. `XXXXX-XXXXX-XXXXX-XXXXX` is what actions/setup-node
    /// writes when it gets no token. npmjs answers as if the package did not exist. A registry on
    /// this machine or in its private network may accept any text, so there it is a warning. npm
    /// tries trusted publishing first, where it is available.
    ///
    /// npm says: `E404 Not found` on the PUT for npmjs, `E401` elsewhere.
    id: "auth-placeholder",
    level: Error,
    summary: "the token is a placeholder",
    basis: Account,
    silence: RulesOut,
    rests_on: [Credential],
    remedy: {
        why "the token that was sent is actions/setup-node's placeholder XXXXX-XXXXX-XXXXX-XXXXX: NODE_AUTH_TOKEN is not set";
        help "set it on the publishing step: `env: NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}`";
        help "or write `${NPM_TOKEN}` into the .npmrc, and set that variable where npm runs";
        help "or remove registry-url, if you use trusted publishing";
    },
}

fn run(facts: &Facts) -> Verdict {
    let request = facts.package.credential.request.as_ref();
    let Some(request) = request.filter(|_| !needs_none(facts)) else {
        return Ok(Vec::new());
    };
    let Some(placeholder) = request.placeholder() else {
        return Ok(Vec::new());
    };
    let Some(level) = level(facts, &placeholder) else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    let finding = Finding::new(message(&placeholder))
        .set_by(&request.origin)
        .level(level);
    let finding = if traits(facts.kind).npmjs_rules {
        finding.predicts("E404", "Not found")
    } else {
        finding.predicts(
            "E401",
            "Unable to authenticate, your authentication token seems to be invalid.",
        )
    };
    Ok(vec![remedied(finding, &placeholder)])
}

/// The level: npmjs's tokens never look like this, and a refusal is proof anywhere. Nothing is
/// wrong if the registry names an account.
fn level(facts: &Facts, placeholder: &Placeholder) -> Option<Level> {
    let is_certain = placeholder.kind != PlaceholderKind::Example;
    match facts.whoami().map(|answer| &answer.value) {
        Ok(Whoami::Account(_)) => None,
        Ok(Whoami::Rejected) => Some(Level::Error),
        _ if may_take_anything(facts) => Some(Level::Warning),
        Ok(Whoami::Nobody) => Some(Level::Error),
        Err(_) if is_certain || traits(facts.kind).npmjs_rules => Some(Level::Error),
        Err(_) => Some(Level::Warning),
    }
}

fn message(placeholder: &Placeholder) -> String {
    let text = &placeholder.text;
    match placeholder.kind {
        PlaceholderKind::SetupNode => {
            "the token is the placeholder that actions/setup-node writes if none is given"
                .to_owned()
        }
        PlaceholderKind::Template => format!(
            "the token is the text `{text}`: npm expands only ${{NAME}}, so it sends this text \
             unchanged"
        ),
        PlaceholderKind::Example => {
            format!("the token is the text `{text}`, a placeholder from an example")
        }
    }
}

fn remedied(finding: Finding, placeholder: &Placeholder) -> Finding {
    match placeholder.kind {
        PlaceholderKind::SetupNode => finding
            .help("pass the secret to the publishing step: env: NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}")
            .help("or use trusted publishing: permissions: id-token: write, and npm 11.5.1 or later"),
        PlaceholderKind::Template => {
            let name = placeholder.variable().unwrap_or("NPM_TOKEN");
            finding.help(format!("write ${{{name}}} instead, and set {name} where npm runs"))
        }
        PlaceholderKind::Example => {
            finding.help("write your own token instead, or ${NPM_TOKEN} with the variable set")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, silence, token, undecided};
    use crate::registry::kind::RegistryKind;

    fn with(text: &str) -> Facts {
        fake().with(|facts| {
            facts.package.credential.request = Some(token(text));
            facts.answers.whoami = known(Whoami::Rejected);
        })
    }

    #[test]
    fn fires_on_the_text_of_setup_node_and_on_templates_with_their_text() {
        let finding = only(run(&with("XXXXX-XXXXX-XXXXX-XXXXX")));
        assert!(finding.message.contains("actions/setup-node"));
        let finding = only(run(&with("$NPM_TOKEN")));
        assert!(finding.message.contains("`$NPM_TOKEN`"));
        assert_eq!(
            finding.help[0].to_string(),
            "write ${NPM_TOKEN} instead, and set NPM_TOKEN where npm runs"
        );
        let finding = only(run(&with("YOUR_NPM_TOKEN_HERE")));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E404");
    }

    #[test]
    fn fires_without_an_answer_where_no_token_can_look_so() {
        let silent = |text| with(text).with(|facts| facts.answers.whoami = Err(silence()));
        assert_eq!(only(run(&silent("$(TOKEN)"))).level, Some(Level::Error));
        let elsewhere = silent("your-token").registry("https://npm.example/", RegistryKind::Other);
        let elsewhere = elsewhere.with(|facts| {
            facts.package.credential.request = Some(token("your-token"));
            facts.answers.whoami = Err(silence());
        });
        assert_eq!(only(run(&elsewhere)).level, Some(Level::Warning));
    }

    #[test]
    fn warns_where_a_registry_on_this_machine_names_no_account() {
        let local = with("x").registry("http://localhost:4873/", RegistryKind::Verdaccio);
        let local = local.with(|facts| {
            facts.package.credential.request = Some(token("$TOKEN"));
            facts.answers.whoami = known(Whoami::Nobody);
        });
        assert_eq!(only(run(&local)).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_on_tokens_in_a_dry_run_and_where_the_registry_names_an_account() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(
            &with("$TOKEN").with(|facts| facts.package.dry_run = true)
        )));
        let accepted = with("your-token").with(|facts| {
            facts.answers.whoami = known(Whoami::Account("alice".to_owned()));
        });
        assert!(quiet(&run(&accepted)));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        assert!(undecided(
            &run(&with("XXXXX-XXXXX-XXXXX-XXXXX").with_oidc())
        ));
    }
}
