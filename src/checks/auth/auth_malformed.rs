use super::{level_of_a_dummy, login, needed_credential, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::npmrc::credentials::{Credential, RequestCredential, decode};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::traits;

check! {
    /// The credential does not have the form that its key requires.
    ///
    /// `_auth` is base64 of `user:password`; `_password` is base64 of the password. Neither may
    /// contain a line break, which `echo` adds before encoding. A token contains no spaces and no
    /// quotes. A token in another service's format (`ghp_…` for npmjs) is a warning. At a registry
    /// on this machine or in its private network every malformed credential is only a warning,
    /// because such a registry may accept any text.
    ///
    /// npm says: `E401 Unable to authenticate`, or `E404 Not found` on the PUT.
    id: "auth-malformed",
    level: Error,
    summary: "the credential is malformed",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Credential],
    remedy: {
        why "the credential may be damaged: quotes, a newline, a missing colon inside the base64";
        help "encode it again, without a newline: printf '%s' 'user:password' | base64 -w0";
        help "write a token without quotes and spaces";
        asks "does the registry recognise the credential?" => Whoami "";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(request) = needed_credential(facts) else {
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
    let (code, text) = traits(facts.kind).bad_credential;
    let finding = Finding::new(format!("the credential under `{}` {problem}", request.key))
        .set_by(&request.origin)
        .predicts(code, text)
        .level(level.min(level_of_a_dummy(facts)));
    Ok(vec![match request.credential {
        Credential::UserPassword { ref password, .. }
            if (traits(facts.kind).is_unencoded_password)(password.expose()) =>
        {
            login(facts).into_iter().fold(finding, Finding::help)
        }
        Credential::Token(_) => finding.help("copy the token again, without quotes and spaces"),
        _ => finding.help("encode it without a line break: printf '%s' 'user:password' | base64"),
    }])
}

fn problem(request: &RequestCredential, kind: RegistryKind) -> Option<(String, Level)> {
    let proof = |words: &str| Some((words.to_owned(), Level::Error));
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
            if (traits(kind).is_unencoded_password)(password.expose()) {
                return proof("is the personal access token itself, but npm decodes it as base64");
            }
            let decoded = decode(password.expose());
            if decoded.contains(['\n', '\r']) {
                return proof("contains a line break after decoding");
            }
            None
        }
        Credential::Certificate { .. } => None,
    }
}

/// The message for a token that has the prefix of another service.
fn foreign(token: &str, kind: RegistryKind) -> Option<String> {
    let has_prefix_of = |kind: RegistryKind| {
        let mut prefixes = traits(kind).token_prefixes.iter();
        prefixes.any(|prefix| token.starts_with(prefix))
    };
    if traits(kind).token_prefixes.is_empty() || has_prefix_of(kind) {
        return None;
    }
    let mut others = RegistryKind::ALL.iter().copied();
    let other = others.find(|other| has_prefix_of(*other))?;
    Some(format!("looks like a token for {other}, not for {kind}"))
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
    fn warns_on_this_machine_where_any_text_may_do() {
        let local = bearer("npm x")
            .registry("http://localhost:4873/", RegistryKind::Verdaccio)
            .with(|facts| facts.answers.whoami = known(Whoami::Nobody));
        assert_eq!(only(run(&local)).level, Some(Level::Warning));
        assert_eq!(only(run(&bearer("npm x"))).level, Some(Level::Error));
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
