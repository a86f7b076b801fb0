//! The variables of npm and its scripts in a rehearsal: the user's own, without those that lead
//! to real services, and with ours for any npm in a script.

use std::collections::BTreeMap;

use super::args::{Redirect, is_replaced};
use super::home;
use crate::environment::Environment;

/// Variables that would reach real services: identity tokens of CI services, and the proxies'
/// variables.
const REMOVED_VARIABLES: [&str; 9] = [
    "NPM_ID_TOKEN",
    "YARN_NPM_AUTH_IDENT",
    "SIGSTORE_ID_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "NO_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "PROXY",
];

/// Variables that conventionally hold a publisher's token. An .npmrc that refers to one gets
/// the rehearsal's token, whatever registry it is for.
const TOKENS: [&str; 6] = [
    "NPM_TOKEN",
    "NODE_AUTH_TOKEN",
    "NPM_AUTH_TOKEN",
    "YARN_NPM_AUTH_TOKEN",
    "BUN_AUTH_TOKEN",
    "BUN_CONFIG_TOKEN",
];

/// A scheme that git has no helper for.
const UNKNOWN_SCHEME: &str = "safe-publish-rehearsal-pushes-nothing::";

/// What the run adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources<'a> {
    /// npm's settings.
    pub(super) settings: &'a [(String, String)],
    /// Where everything is sent.
    pub(super) redirect: &'a Redirect,
    /// What must not reach a script: every credential in npm's configuration.
    pub(super) secrets: &'a [String],
    /// Keys that hold credentials in npm's configuration (`//host/:_authToken`).
    pub(super) credentials: &'a [String],
    /// Whether the home folder is replaced, because programs can reach the network.
    pub(super) moves_home: bool,
}

/// The variables, by name.
pub(super) fn variables(
    environment: &Environment,
    sources: Sources<'_>,
) -> BTreeMap<String, String> {
    let Sources {
        settings, redirect, ..
    } = sources;
    let mut variables = environment.variables.clone();
    variables.retain(|name, _| {
        let taken = REMOVED_VARIABLES
            .iter()
            .any(|gone| gone.eq_ignore_ascii_case(name));
        let replaced = npm_key(name)
            .is_some_and(|key| is_replaced(&key) || settings.iter().any(|(own, _)| *own == key));
        !taken && !replaced
    });
    for (name, value) in &mut variables {
        let by_custom = TOKENS.iter().any(|token| token.eq_ignore_ascii_case(name));
        if by_custom || sources.secrets.contains(value) {
            value.clone_from(&redirect.token);
        }
    }
    // A shell such as dash drops variables whose names it could not set itself, so those with
    // `//` and `@` reach a nested npm only sometimes; the others, and the guard, always do.
    for key in sources.credentials {
        variables.insert(format!("npm_config_{key}"), redirect.token.clone());
    }
    for (key, value) in settings {
        variables.insert(variable_of(key), value.clone());
    }
    for (name, value) in [
        ("npm_config_provenance", "false"),
        ("npm_config_dry_run", "false"),
        ("npm_config_update_notifier", "false"),
        ("NODE_OPTIONS", redirect.node_options.as_str()),
        // npm 12 would leave a compile cache behind.
        ("NODE_DISABLE_COMPILE_CACHE", "1"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    home::redirect_other_managers(&mut variables, redirect);
    if sources.moves_home {
        home::move_home(&mut variables, environment.home.as_deref(), redirect);
    }
    disable_push(&mut variables);
    variables
}

/// The variable that sets a key.
fn variable_of(key: &str) -> String {
    let is_as_written = key.starts_with("//") || key.starts_with('@');
    let name = if is_as_written {
        key.to_owned()
    } else {
        key.replace('-', "_")
    };
    format!("npm_config_{name}")
}

/// The key that an `npm_config_*` variable sets.
fn npm_key(name: &str) -> Option<String> {
    let start = name.get(..11)?;
    start
        .eq_ignore_ascii_case("npm_config_")
        .then(|| name[11..].replace('_', "-").to_lowercase())
}

/// A `git push` in a `postpublish` script is as irreversible as a publish. Pushes to every
/// remote without its own `pushurl` fail; fetching works as before (git-config,
/// `url.<base>.pushInsteadOf`, and `GIT_CONFIG_COUNT` of git 2.31).
fn disable_push(variables: &mut BTreeMap<String, String>) {
    let count = variables
        .get("GIT_CONFIG_COUNT")
        .and_then(|count| count.parse::<usize>().ok())
        .unwrap_or(0);
    variables.insert(
        format!("GIT_CONFIG_KEY_{count}"),
        format!("url.{UNKNOWN_SCHEME}.pushInsteadOf"),
    );
    variables.insert(format!("GIT_CONFIG_VALUE_{count}"), String::new());
    variables.insert("GIT_CONFIG_COUNT".to_owned(), (count + 1).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::args::{settings, tests::redirect};

    #[test]
    fn variables_that_lead_elsewhere_are_replaced_or_gone() {
        let environment = Environment::bare("/")
            .with("NPM_CONFIG_REGISTRY", "https://real/")
            .with("npm_config_noproxy", "*")
            .with("npm_config_@s:registry", "https://real/")
            .with("npm_config_//real/:_authToken", "real-token")
            .with("no_proxy", "real")
            .with("NPM_ID_TOKEN", "real")
            .with("NPM_TOKEN", "real-npm-token")
            .with("DEPLOY_KEY", "real-token")
            .with("KEPT", "yes");
        let redirect = redirect();
        let settings = settings(&["s".to_owned()].into(), &redirect);
        let variables = variables(
            &environment,
            Sources {
                settings: &settings,
                redirect: &redirect,
                secrets: &["real-token".to_owned()],
                credentials: &["//real/:_authToken".to_owned()],
                moves_home: true,
            },
        );
        assert!(
            variables.values().all(|value| !value.contains("real")),
            "{variables:?}"
        );
        assert_eq!(variables["HOME"], "/tmp/h");
        assert_eq!(variables["KEPT"], "yes");
        assert_eq!(variables["DEPLOY_KEY"], "t");
        assert_eq!(variables["npm_config_//real/:_authToken"], "t");
        assert_eq!(variables["npm_config_registry"], "http://127.0.0.1:1/key/");
        assert_eq!(variables["npm_config_noproxy"], "nobody.invalid");
        assert_eq!(
            variables["npm_config_@s:registry"],
            "http://127.0.0.1:1/key/"
        );
    }

    #[test]
    fn earlier_settings_of_git_stay() {
        let mut variables = BTreeMap::from([
            ("GIT_CONFIG_COUNT".to_owned(), "1".to_owned()),
            ("GIT_CONFIG_KEY_0".to_owned(), "user.name".to_owned()),
            ("GIT_CONFIG_VALUE_0".to_owned(), "somebody".to_owned()),
        ]);
        disable_push(&mut variables);
        assert_eq!(variables["GIT_CONFIG_COUNT"], "2");
        assert_eq!(variables["GIT_CONFIG_KEY_0"], "user.name");
        assert!(variables["GIT_CONFIG_KEY_1"].ends_with(".pushInsteadOf"));
    }
}
