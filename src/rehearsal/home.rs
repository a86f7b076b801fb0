//! The settings of other package managers in a rehearsal, and a home folder without credentials
//! where programs can reach the network.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::Redirect;

/// Configures yarn, pnpm and bun to publish to the embedded registry, in case a script runs
/// them. pnpm, yarn 1 and bun also read npm's own variables.
pub(super) fn redirect_other_managers(
    variables: &mut BTreeMap<String, String>,
    redirect: &Redirect,
) {
    let url = redirect.url.as_str();
    for (name, value) in [
        // yarn 2 and later (yarnpkg.com/configuration/yarnrc).
        ("YARN_NPM_REGISTRY_SERVER", url),
        ("YARN_NPM_PUBLISH_REGISTRY", url),
        ("YARN_NPM_AUTH_TOKEN", &redirect.token),
        ("YARN_UNSAFE_HTTP_WHITELIST", "127.0.0.1"),
        ("YARN_ENABLE_TELEMETRY", "0"),
        // yarn 1.
        ("YARN_REGISTRY", url),
        // pnpm 11 and later.
        ("pnpm_config_registry", url),
        ("pnpm_config_userconfig", &redirect.userconfig),
        // bun (bun.sh/docs/install).
        ("BUN_CONFIG_REGISTRY", url),
        ("BUN_CONFIG_TOKEN", &redirect.token),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
}

/// Variables that tell npm, pnpm, yarn and bun where the user's settings are.
const HOME_VARIABLES: [&str; 5] = [
    "HOME",
    "USERPROFILE",
    "XDG_CONFIG_HOME",
    "APPDATA",
    "LOCALAPPDATA",
];

/// Folders in the home folder that programs need, with the variables that name them: version
/// managers, compilers, git.
const TOOL_FOLDERS: [(&str, &str); 8] = [
    ("VOLTA_HOME", ".volta"),
    ("NVM_DIR", ".nvm"),
    ("ASDF_DATA_DIR", ".asdf"),
    ("MISE_DATA_DIR", ".local/share/mise"),
    ("COREPACK_HOME", ".cache/node/corepack"),
    ("CARGO_HOME", ".cargo"),
    ("RUSTUP_HOME", ".rustup"),
    ("GIT_CONFIG_GLOBAL", ".gitconfig"),
];

/// Replaces the home folder, except for what programs need in it.
pub(super) fn move_home(
    variables: &mut BTreeMap<String, String>,
    home: Option<&Path>,
    redirect: &Redirect,
) {
    for (name, path) in TOOL_FOLDERS {
        let path = home
            .map(|home| home.join(path))
            .filter(|path| path.exists());
        if let Some(path) = path {
            let path = path.display().to_string();
            variables.entry(name.to_owned()).or_insert(path);
        }
    }
    for name in HOME_VARIABLES {
        if name == "HOME" || variables.contains_key(name) {
            variables.insert(name.to_owned(), redirect.home.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::args::tests::redirect;

    #[test]
    fn the_home_folder_moves_and_version_managers_stay() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".volta")).unwrap();
        let mut variables = BTreeMap::from([
            ("HOME".to_owned(), home.path().display().to_string()),
            ("XDG_CONFIG_HOME".to_owned(), "/real".to_owned()),
            ("NVM_DIR".to_owned(), "/own/nvm".to_owned()),
        ]);
        move_home(&mut variables, Some(home.path()), &redirect());
        assert_eq!(variables["HOME"], "/tmp/h");
        assert_eq!(variables["XDG_CONFIG_HOME"], "/tmp/h");
        assert_eq!(variables["NVM_DIR"], "/own/nvm");
        assert!(variables["VOLTA_HOME"].contains(".volta"));
        assert!(!variables.contains_key("APPDATA"));
    }
}
