//! See the check.

use super::{needs_none, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// The token is the placeholder that actions/setup-node puts in where nobody gave one.
    ///
    /// `XXXXX-XXXXX-XXXXX-XXXXX` is no token. It is sent all the same, and npm's registry answers as
    /// if the package did not exist. Where trusted publishing can serve, npm tries that first.
    ///
    /// npm says: `E404 Not found` on the PUT.
    ///
    /// What to do: hand the secret to the step: `env: NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}`.
    id: "auth-placeholder",
    level: Error,
    summary: "the token is actions/setup-node's placeholder",
    basis: Account,
    silence: RulesOut,
}

fn run(facts: &Facts) -> Verdict {
    let request = facts
        .package
        .credential
        .request
        .as_ref()
        .filter(|request| request.placeholder().is_some());
    let Some(request) = request.filter(|_| !needs_none(facts)) else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    let finding = Finding::new(
        "the token is the placeholder that actions/setup-node puts in where none is given",
    )
    .set_by(&request.origin)
    .predicts("E404", "Not found")
    .help("give the publishing step its secret: env: NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}")
    .help("or use trusted publishing: permissions: id-token: write, and npm 11.5.1 or later");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, token, undecided};

    fn placeholder() -> Facts {
        fake()
            .with(|facts| facts.package.credential.request = Some(token("XXXXX-XXXXX-XXXXX-XXXXX")))
    }

    #[test]
    fn fires_on_the_placeholder() {
        assert!(only(run(&placeholder())).message.contains("placeholder"));
    }

    #[test]
    fn stays_quiet_on_tokens_and_in_a_dry_run() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(
            &placeholder().with(|facts| facts.package.dry_run = true)
        )));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        assert!(undecided(&run(&placeholder().oidc_may_serve())));
    }
}
