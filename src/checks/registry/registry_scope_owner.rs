use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::registry::kinds::traits;

check! {
    /// GitHub Packages accepts only scoped names, and the scope must be the owner's login.
    ///
    /// `@owner/name` in lower case goes to the account or organisation `owner`; an unscoped
    /// name is refused. If the registry's URL itself names an owner, the scope must be the
    /// same.
    ///
    /// npm says: `E404 Not Found`, or `E403 Permission not_found: owner not found`.
    id: "registry-scope-owner",
    level: Error,
    summary: "this registry requires the owner's login as the scope",
    basis: Destination,
    silence: LeavesOpen,
    rests_on: [Name, Registry],
    remedy: {
        why "GitHub Packages accepts packages only under a scope that is the owner's login";
        help "name the package `@OWNER/name`, in lower case, where OWNER is the account or organisation that owns the repository";
        help "or publish it to another registry";
        asks "are scope and repository owner the same?" => PkgGet "name repository";
    },
    on GitLab: {
        why "at the instance's URL, GitLab requires the top-level group's name as the scope; a \
            project's own URL accepts any scope";
        help "publish to the project's own URL, with its ID: \
            https://HOST/api/v4/projects/ID/packages/npm/";
    },
}

fn run(facts: &Facts) -> Verdict {
    let (Ok(registry), Some(name)) = (&facts.package.registry, facts.package.name.as_str()) else {
        return Ok(Vec::new());
    };
    if !traits(facts.kind).github_rules
        || facts.package.dry_run
        || super::super::manifest::is_remote(facts)
    {
        return Ok(Vec::new());
    }
    let Some(scope) = facts.package.name.scope() else {
        let finding = Finding::new(format!(
            "`{name}` has no scope, but GitHub Packages accepts only scoped names"
        ))
        .at("/name")
        .predicts("E404", "Not Found")
        .help(format!(
            "name it @OWNER/{name}, with the repository owner's login in lower case"
        ))
        .help("or publish it elsewhere: --registry https://registry.npmjs.org/");
        return Ok(vec![finding]);
    };
    if scope.bytes().any(|b| b.is_ascii_uppercase()) {
        let finding = Finding::new(format!(
            "GitHub Packages requires the scope in lower case, not @{scope}"
        ))
        .at("/name")
        .help(format!("write @{}", scope.to_ascii_lowercase()))
        .level(Level::Warning);
        return Ok(vec![finding]);
    }
    let owner = registry.value.url().path().trim_matches('/');
    let names_another = traits(facts.kind).public_host == Some(registry.value.host())
        && !owner.is_empty()
        && !owner.contains('/')
        && !owner.eq_ignore_ascii_case(scope)
        && !owner.eq_ignore_ascii_case(&format!("@{scope}"));
    if !names_another {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "the registry's URL names the owner {owner}, but the package's scope is @{scope}"
    ))
    .set_by(&registry.origin)
    .help("write the registry as https://npm.pkg.github.com/, without an owner")
    .level(Level::Warning);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};
    use crate::registry::kind::RegistryKind;

    fn at(name: &str, url: &str) -> Facts {
        fake_of(json!({ "name": name, "version": "1.0.0" })).registry(url, RegistryKind::GitHub)
    }

    #[test]
    fn fires_on_an_unscoped_name_and_on_another_owner() {
        let finding = only(run(&at("cat", "https://npm.pkg.github.com/")));
        assert_eq!(finding.level, None);
        assert!(finding.helps()[0].contains("@OWNER/cat"));
        let other = only(run(&at("@me/cat", "https://npm.pkg.github.com/acme")));
        assert_eq!(other.level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_for_the_owners_scope_and_elsewhere() {
        assert!(quiet(&run(&at("@acme/cat", "https://npm.pkg.github.com/"))));
        assert!(quiet(&run(&at(
            "@acme/cat",
            "https://npm.pkg.github.com/acme"
        ))));
        assert!(quiet(&run(&at(
            "@acme/cat",
            "https://npm.pkg.github.com/@acme"
        ))));
        assert!(quiet(&run(&fake())));
    }
}
