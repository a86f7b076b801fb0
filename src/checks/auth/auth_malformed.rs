use super::{login, needs_none, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::npmrc::credentials::{Credential, RequestCredential, decode};
use crate::registry::kind::RegistryKind;

check! {
    /// The credential does not have the form that its key requires.
    ///
    /// `_auth` is base64 of `user:password`; `_password` is base64 of the password. Neither may
    /// contain a line break, which `echo` adds before encoding. A token contains no spaces and no
    /// quotes. A token in another service's format (`ghp_…` for npmjs) is a warning.
    ///
    /// npm says: `E401 Unable to authenticate`, or `E404 Not found` on the PUT.
    ///
    /// What to do: encode it again: `printf '%s' 'user:password' | base64`.
    id: "auth-malformed",
    level: Error,
    summary: "the credential is malformed",
    basis: Account,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    let Some(request) = facts
        .package
        .credential
        .request
        .as_ref()
        .filter(|_| !needs_none(facts))
    else {
        return Ok(Vec::new());
    };
    let whole = request.unset_variables.is_empty() && request.placeholder().is_none();
    let Some((problem, level)) = problem(request, facts.kind).filter(|_| whole) else {
        return Ok(Vec::new());
    };
    // The registry accepts it.
    if facts.account().is_ok() {
        return Ok(Vec::new());
    }
    unless_oidc(facts)?;
    let (code, text) = match facts.kind {
        RegistryKind::Npmjs => ("E404", "Not found"),
        _ => ("E401", "Unable to authenticate"),
    };
    let finding = Finding::new(format!("the credential under `{}` {problem}", request.key))
        .set_by(&request.origin)
        .predicts(code, text)
        .level(level);
    Ok(vec![match request.credential {
        Credential::UserPassword { .. } if facts.kind == RegistryKind::Azure => {
            login(facts).into_iter().fold(finding, Finding::help)
        }
        Credential::Token(_) => finding.help("copy the token again, without quotes and spaces"),
        _ => finding.help("encode it without a line break: printf '%s' 'user:password' | base64"),
    }])
}

fn problem(request: &RequestCredential, kind: RegistryKind) -> Option<(&'static str, Level)> {
    let proof = |words| Some((words, Level::Error));
    match &request.credential {
        Credential::Token(token) => {
            let text = token.expose();
            if text.contains(['"', '\'']) {
                return proof("contains a quote");
            }
            if text.contains(char::is_whitespace) {
                return proof("contains a space or a line break");
            }
            foreign(text, kind).map(|words| (words, Level::Warning))
        }
        Credential::Basic(auth) => {
            let decoded = decode(auth.expose());
            match () {
                () if !decoded.contains(':') => proof("does not decode to user:password"),
                () if decoded.contains(['\n', '\r']) => {
                    proof("contains a line break after decoding")
                }
                () => None,
            }
        }
        Credential::UserPassword { password, .. } => {
            if kind == RegistryKind::Azure && is_azure_token(password.expose()) {
                return proof("is the personal access token itself, and npm decodes it as base64");
            }
            let decoded = decode(password.expose());
            (decoded.contains(['\n', '\r']))
                .then_some(("contains a line break after decoding", Level::Error))
        }
        Credential::Certificate { .. } => None,
    }
}

/// A personal access token of Azure DevOps as its owner sees it: 52 letters
/// and digits of base32 in lower case, or 84 characters with `AZDO` in them.
fn is_azure_token(text: &str) -> bool {
    let base32 = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    (text.len() == 52 && text.chars().all(base32)) || (text.len() == 84 && text.contains("AZDO"))
}

/// The words for a token that is in another service's format.
fn foreign(token: &str, kind: RegistryKind) -> Option<&'static str> {
    let github = ["ghp_", "gho_", "ghs_", "ghu_", "github_pat_"]
        .iter()
        .any(|prefix| token.starts_with(prefix));
    match kind {
        RegistryKind::Npmjs if github => Some("looks like a token for GitHub, not for npmjs"),
        RegistryKind::Npmjs if token.starts_with("glpat-") => {
            Some("looks like a token for GitLab, not for npmjs")
        }
        RegistryKind::GitHub | RegistryKind::GitLab if token.starts_with("npm_") => {
            Some("looks like a token for npmjs")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, token, undecided};
    use crate::registry::documents::Whoami;
    use crate::secret::Secret;

    fn with(credential: Credential) -> Facts {
        fake().with(|facts| {
            let request = RequestCredential {
                credential,
                ..token("x")
            };
            facts.package.credential.request = Some(request);
            facts.answers.whoami = known(Whoami::Rejected);
        })
    }

    fn bearer(text: &str) -> Facts {
        with(Credential::Token(Secret::new(text)))
    }

    #[test]
    fn fires_on_what_cannot_be_a_credential() {
        assert!(
            only(run(&bearer("\"npm_x\"")))
                .message
                .ends_with("contains a quote")
        );
        assert!(only(run(&bearer("npm x"))).message.contains("space"));
        // "alice" without a password, and "a:b" with the line break that `echo` adds.
        let basic = |text: &str| with(Credential::Basic(Secret::new(text)));
        assert!(
            only(run(&basic("YWxpY2U=")))
                .message
                .contains("user:password")
        );
        assert!(only(run(&basic("YTpiCg=="))).message.contains("line break"));
    }

    #[test]
    fn warns_on_a_token_of_another_services_shape() {
        assert_eq!(only(run(&bearer("ghp_abc"))).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_on_good_ones_and_where_the_registry_accepts_it() {
        assert!(quiet(&run(&bearer("npm_abc"))));
        assert!(quiet(&run(&with(Credential::Basic(Secret::new("YTpi"))))));
        assert!(quiet(&run(&fake().with(|facts| facts
            .package
            .credential
            .request =
            Some(token("with blank"))))));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        assert!(undecided(&run(&bearer("npm x").with_oidc())));
    }
}
