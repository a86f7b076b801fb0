use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};

check! {
    /// Over plain http the credential travels unencrypted.
    ///
    /// npm looks credentials up by host, not by scheme, so it sends a token for
    /// `https://registry.npmjs.org/` to `http://registry.npmjs.org/` as well. npmjs redirects
    /// to https, but npm does not follow a redirect of a PUT, so there it is an error.
    /// Elsewhere it is a warning; loopback addresses pass.
    ///
    /// npm says: `E426`, or nothing.
    id: "registry-insecure",
    level: Error,
    summary: "the credential would travel unencrypted",
    basis: Destination,
    silence: LeavesOpen,
    rests_on: [Registry],
    remedy: {
        why "the registry is configured as http:// instead of https://";
        help "write `https://` in the project's .npmrc, in publishConfig, or in your own settings" => Config "set registry https://registry.npmjs.org/";
        asks "which setting contains http?" => "safe-publish config";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Ok(registry) = &facts.package.registry else {
        return Ok(Vec::new());
    };
    let url = registry.value.url();
    if url.scheme() != "http" || registry.value.is_loopback() || facts.package.dry_run {
        return Ok(Vec::new());
    }
    let https = registry
        .value
        .to_string()
        .replacen("http://", "https://", 1);
    let finding = Finding::new(format!(
        "{} is plain http: the credential would travel unencrypted",
        registry.value
    ))
    .set_by(&registry.origin)
    .help(format!("use {https}"));
    if registry.value.is_npmjs() {
        return Ok(vec![finding.predicts("E426", "426 Upgrade Required - PUT")]);
    }
    if facts.package.credential.request.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![finding.level(Level::Warning)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};
    use crate::registry::kind::RegistryKind;

    #[test]
    fn fires_on_npmjs_over_plain_http() {
        let finding = only(run(
            &fake().registry("http://registry.npmjs.org/", RegistryKind::Npmjs)
        ));
        assert_eq!(finding.level, None);
        assert_eq!(finding.helps(), ["use https://registry.npmjs.org/"]);
    }

    #[test]
    fn warns_elsewhere_where_a_credential_is_sent() {
        let plain = fake().registry("http://npm.example/", RegistryKind::Other);
        assert_eq!(only(run(&plain)).level, Some(Level::Warning));
        assert!(quiet(&run(&plain.without_credential())));
    }

    #[test]
    fn stays_quiet_on_https_and_on_this_machine() {
        assert!(quiet(&run(&fake())));
        for url in [
            "http://localhost:4873/",
            "http://127.0.0.1:4873/",
            "http://[::1]:4873/",
        ] {
            assert!(
                quiet(&run(&fake().registry(url, RegistryKind::Other))),
                "{url}"
            );
        }
    }
}
