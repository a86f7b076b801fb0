//! npm's words and variables for a rehearsal: the user's own, but everything
//! that says where to send a package, or through what, says: here.

use std::collections::{BTreeMap, BTreeSet};

use crate::environment::Environment;
use crate::npmrc::arguments::Flag;
use crate::npmrc::value::Value;
use crate::npmrc::{CommandLine, Config};

/// A host name that no request is for: npm takes an empty `noproxy` for none
/// set, and would fall back to `NO_PROXY`.
const NOBODY: &str = "nobody.invalid";

/// Flags of the user's that a rehearsal sets itself.
const REPLACED: [&str; 8] = [
    "registry",
    "proxy",
    "https-proxy",
    "noproxy",
    "provenance",
    "provenance-file",
    "cache",
    "logs-dir",
];

/// Variables that would reach real services: identity tokens of CI services,
/// and the proxies' own.
const TAKEN_AWAY: [&str; 8] = [
    "NPM_ID_TOKEN",
    "SIGSTORE_ID_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "NO_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "PROXY",
];

/// Where everything is sent.
#[derive(Clone, Debug)]
pub(super) struct Here {
    /// The embedded registry, with a slash at its end.
    pub(super) url: String,
    /// Its host and port.
    pub(super) host: String,
    /// The token of the account that may publish.
    pub(super) token: String,
    /// npm's cache and logs during the rehearsal.
    pub(super) cache: String,
    /// The user's .npmrc without its credentials.
    pub(super) userconfig: String,
}

/// npm's words: the user's, with ours in place of those that say where to.
pub(super) fn words(
    command_line: &CommandLine,
    scopes: &BTreeSet<String>,
    here: &Here,
) -> Vec<String> {
    let mut words: Vec<String> = command_line
        .flags
        .iter()
        .filter(|flag| !is_replaced(&flag.key))
        .flat_map(written)
        .collect();
    words.extend(
        settings(scopes, here)
            .into_iter()
            .map(|(key, value)| format!("--{key}={value}")),
    );
    words.push("--no-provenance".to_owned());
    words.push("--".to_owned());
    words.extend(command_line.positionals.iter().cloned());
    words
}

/// What a rehearsal sets: as flags for npm, and as variables for the npm that
/// a script may run.
fn settings(scopes: &BTreeSet<String>, here: &Here) -> Vec<(String, String)> {
    // Everything goes through the embedded registry as through a proxy, so
    // that even an address from a place we did not think of ends there.
    let proxy = here.url.trim_end_matches('/');
    let mut settings = vec![
        ("registry".to_owned(), here.url.clone()),
        ("proxy".to_owned(), proxy.to_owned()),
        ("https-proxy".to_owned(), proxy.to_owned()),
        ("noproxy".to_owned(), NOBODY.to_owned()),
        ("cache".to_owned(), here.cache.clone()),
        ("userconfig".to_owned(), here.userconfig.clone()),
        (format!("//{}/:_authToken", here.host), here.token.clone()),
    ];
    settings.extend(
        scopes
            .iter()
            .map(|scope| (format!("@{scope}:registry"), here.url.clone())),
    );
    settings
}

/// The variables of npm and its scripts: the user's, less those that lead to
/// real services, and with ours for an npm inside a script.
pub(super) fn variables(
    environment: &Environment,
    scopes: &BTreeSet<String>,
    here: &Here,
) -> BTreeMap<String, String> {
    let mut variables = environment.variables.clone();
    let ours = settings(scopes, here);
    variables.retain(|name, _| {
        let taken = TAKEN_AWAY
            .iter()
            .any(|gone| gone.eq_ignore_ascii_case(name));
        let npms = name
            .get(..11)
            .filter(|start| start.eq_ignore_ascii_case("npm_config_"))
            .map(|_| &name[11..]);
        let key = npms.map(|rest| rest.replace('_', "-").to_lowercase());
        let replaced =
            key.is_some_and(|key| is_replaced(&key) || ours.iter().any(|(own, _)| *own == key));
        !taken && !replaced
    });
    for (key, value) in ours {
        let name = if key.starts_with("//") || key.starts_with('@') {
            key
        } else {
            key.replace('-', "_")
        };
        variables.insert(format!("npm_config_{name}"), value);
    }
    variables.insert("npm_config_provenance".to_owned(), "false".to_owned());
    variables
}

/// Every scope that any setting, and any package, mentions.
pub(super) fn scopes<'a>(
    config: &Config,
    manifests: impl Iterator<Item = &'a crate::manifest::Manifest>,
) -> BTreeSet<String> {
    let of_key = |key: &str| Some(key.strip_prefix('@')?.strip_suffix(":registry")?.to_owned());
    let mut scopes: BTreeSet<String> = config
        .entries()
        .iter()
        .filter_map(|entry| of_key(&entry.key))
        .collect();
    let scope_setting = config.text("scope");
    scopes.extend(
        scope_setting
            .map(|scope| scope.trim_start_matches('@').to_owned())
            .filter(|scope| !scope.is_empty()),
    );
    for manifest in manifests {
        if let Some(object) = manifest.publish_config() {
            scopes.extend(object.keys().filter_map(|key| of_key(key)));
            let scope = object.get("scope").and_then(serde_json::Value::as_str);
            scopes.extend(
                scope
                    .map(|scope| scope.trim_start_matches('@').to_owned())
                    .filter(|scope| !scope.is_empty()),
            );
        }
        let name = manifest
            .object
            .get("name")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let scope = name
            .trim()
            .strip_prefix('@')
            .and_then(|name| name.split_once('/'));
        scopes.extend(scope.map(|(scope, _)| scope.to_owned()));
    }
    scopes
}

fn is_replaced(key: &str) -> bool {
    REPLACED.contains(&key) || key.starts_with("//") || key.ends_with(":registry")
}

fn written(flag: &Flag) -> Vec<String> {
    match &flag.value {
        Value::List(values) => values
            .iter()
            .map(|value| format!("--{}={}", flag.key, value.to_text()))
            .collect(),
        Value::Null => vec![format!("--no-{}", flag.key)],
        Value::Bool(true) => vec![format!("--{}", flag.key)],
        Value::Bool(false) => vec![format!("--no-{}", flag.key)],
        value => vec![format!("--{}={}", flag.key, value.to_text())],
    }
}

/// An .npmrc without its credentials.
pub(super) fn without_credentials(text: &str) -> String {
    let keeps = |line: &&str| {
        let key = line
            .split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\'']);
        let field = key
            .trim_end_matches("[]")
            .rsplit(':')
            .next()
            .unwrap_or_default();
        !matches!(
            field,
            "_authToken"
                | "_auth"
                | "_password"
                | "username"
                | "certfile"
                | "keyfile"
                | "_authtoken"
                | "otp"
        )
    };
    text.split_inclusive(['\n', '\r']).filter(keeps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Here {
        Here {
            url: "http://127.0.0.1:1/".to_owned(),
            host: "127.0.0.1:1".to_owned(),
            token: "t".to_owned(),
            cache: "/tmp/c".to_owned(),
            userconfig: "/tmp/u".to_owned(),
        }
    }

    #[test]
    fn what_says_where_to_is_replaced_and_the_rest_stays() {
        let given: Vec<String> = [
            "--tag",
            "next",
            "--reg",
            "https://real/",
            "--@s:registry=https://real/",
            "--noproxy=real",
            "--//real/:_authToken=x",
            "--provenance",
            "-w",
            "a",
            "-w",
            "b",
            "./dir",
        ]
        .map(str::to_owned)
        .to_vec();
        let scopes = BTreeSet::from(["s".to_owned()]);
        let words = words(&CommandLine::parse(&given, None), &scopes, &here());
        assert!(words.iter().all(|word| !word.contains("real")), "{words:?}");
        for wanted in [
            "--tag=next",
            "--workspace=a",
            "--workspace=b",
            "--@s:registry=http://127.0.0.1:1/",
            "./dir",
        ] {
            assert!(
                words.iter().any(|word| word == wanted),
                "{wanted} in {words:?}"
            );
        }
    }

    #[test]
    fn variables_that_lead_elsewhere_are_replaced_or_gone() {
        let environment = Environment::bare("/")
            .with("NPM_CONFIG_REGISTRY", "https://real/")
            .with("npm_config_noproxy", "*")
            .with("npm_config_@s:registry", "https://real/")
            .with("no_proxy", "real")
            .with("NPM_ID_TOKEN", "real")
            .with("KEPT", "yes");
        let variables = variables(&environment, &BTreeSet::from(["s".to_owned()]), &here());
        assert!(
            variables.values().all(|value| !value.contains("real")),
            "{variables:?}"
        );
        assert_eq!(variables["KEPT"], "yes");
        assert_eq!(variables["npm_config_registry"], "http://127.0.0.1:1/");
        assert_eq!(variables["npm_config_noproxy"], NOBODY);
        assert_eq!(variables["npm_config_@s:registry"], "http://127.0.0.1:1/");
    }

    #[test]
    fn credentials_are_left_out_of_the_users_file() {
        let text =
            "registry=https://h/\n//h/:_authToken=x\r\n_auth = y\n//h/:_password=\"z\"\nfund=false";
        assert_eq!(
            without_credentials(text),
            "registry=https://h/\n\nfund=false"
        );
    }
}
