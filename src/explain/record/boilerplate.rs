//! Standard text that npm prints whatever happened. It is removed first: it says nothing about
//! the cause, and misleads.

use std::sync::LazyLock;

use super::codes;
use crate::explain::text::Text;

/// Paragraphs that npm breaks into lines, as people's terminals and editors do elsewhere: every
/// 403 (npm 6 to 12), every 404, and every network error.
const PARAGRAPHS: [&str; 4] = [
    "In most cases, you or one of your dependencies are requesting a package version that is \
     forbidden by your security policy, or on a server you do not have access to.",
    "Note that you can also install from a tarball, folder, http url, or git url.",
    "This is a problem related to network connectivity. In most cases you are behind a proxy or \
     have bad network settings. If you are behind a proxy, please make sure that the 'proxy' \
     config is set properly. See: 'npm help config'",
    // npm 12, with every bypass token.
    "npm tokens that bypass 2FA are being restricted for account changes and direct publishing. \
     https://gh.io/npm-gat-bypass2fa-deprecation",
];

/// A shorter piece of a paragraph may be a sentence of its own, in bytes.
const MIN_PIECE: usize = 12;

/// Standard sentences of all npm versions, and of their wrappers.
const BOILERPLATE: &[&str] = &[
    // Every 404.
    "You should bug the author to publish it (or use the name yourself!)",
    "or use the name yourself!",
    "is not in this registry",
    "is not in the npm registry",
    "could not be found or you do not have permission to access it",
    // Every 401 with a Basic challenge, whatever the registry.
    "If you were trying to login, change your password, create an authentication token or enable two-factor authentication then that means you likely typed your password in incorrectly",
    "Please try again, or recover your password at:",
    "https://www.npmjs.com/forgot",
    "If you were doing some other operation then your saved credentials are probably out of date",
    "To correct this please try logging in again with:",
    "To correct this please trying logging in again with:",
    // Every missing file, and every JSON that does not parse.
    "This is related to npm not being able to find a file",
    "Failed to parse JSON data",
    "Note: package.json must be actual JSON, not just JavaScript",
    // npm trust, before it asks.
    "Two-factor authentication is required for this operation",
    // The usage of publish.
    "This is a one-time password from a two-factor authenticator",
    // The end of every error.
    "If you need help, you may report this error at:",
    "Please include the following file with any support request:",
    "A complete log of this run can be found in",
    "You can rerun the command with --loglevel=verbose to see the logs in your terminal",
    "Log files were not written due to",
    "Update the 'version' field in package.json and try again",
    "To automatically increment version numbers, see:",
    "npm help version",
    // Lifecycle failures of npm 6 and before.
    "This is probably not a problem with npm. There is likely additional logging output above",
    "Make sure you have the latest version of node.js and npm installed",
    "If you do, this is most likely a problem with the",
    "not with npm itself",
    // CI services and build tools.
    "Execution failed for task",
    "What went wrong:",
    "FAILURE: Build failed",
    "BUILD FAILED",
    "BUILD FAILURE",
    "Process completed with exit code",
    "Exited with code exit status",
    "Job failed: exit code",
    "Bash exited with code",
    "script returned exit code",
    "Finished: FAILURE",
];

/// Lines with facts about the machine, not about the failure.
const FACTS: &str = "\
    errno |syscall |path |dest |file |cwd |argv |node v|npm v|npm  v|Darwin |Linux |\
    Windows_NT |System |command |stack |statusCode |pkgid |exit |method |uri |at |\
    publish Failed PUT|Command failed: npm |Command failed with exit code 1: npm|\
    Failed with errors in |Done in |Done with warnings|Publishing...|verbose |\
    registry error parsing json|authUrl |doneUrl |[...]|...";

/// Within what npm says about the package in every 404, and about its log.
const WITHIN: &str = "\
    /_logs/|\\_logs\\|npm-debug.log|is not in this registry|is not in the npm registry|\
    could not be found or you do not have permission to access it";

/// Removes the standard text from comparable text.
pub(super) fn cut(text: &mut Text) {
    for phrase in PARAGRAPHS.iter().chain(BOILERPLATE) {
        text.cut(phrase);
    }
}

/// Whether a line is a piece of a paragraph, wherever it was broken.
pub(super) fn is_piece(line: &str) -> bool {
    static TEXTS: LazyLock<[Text; PARAGRAPHS.len()]> = LazyLock::new(|| PARAGRAPHS.map(Text::of));
    let words = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let piece = Text::of(words.trim_end_matches(['.', ',', ' ']));
    piece.len() >= MIN_PIECE && TEXTS.iter().any(|text| text.contains(&piece))
}

/// Whether a line says nothing about the failure.
pub(super) fn is_uninformative(line: &str) -> bool {
    let code = line.strip_prefix("code ");
    let is_code = code.is_some_and(|code| !code.trim().contains(' '));
    if is_code || FACTS.split('|').any(|fact| line.starts_with(fact)) {
        return true;
    }
    if WITHIN.split('|').any(|words| line.contains(words)) || is_piece(line) {
        return true;
    }
    let words = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let mut rest = Text::of(codes::untitled(words));
    if BOILERPLATE.iter().any(|phrase| rest.begins_with(phrase)) {
        return true;
    }
    cut(&mut rest);
    rest.len() < 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_security_policy_paragraph_is_empty_talk_in_every_wrapping() {
        for line in [
            "403 In most cases, you or one of your dependencies are requesting a package version that is forbidden by your security policy, or on a server you do not have access to.",
            "403 In most cases, you or one of your dependencies are requesting",
            "403 a package version that is forbidden by your security policy, or",
            "403 on a server you do not have access to.",
            "403 a package version that is forbidden by your security policy.",
            "403 that is forbidden by your security policy, or on a server you do not have access to.",
            "404 Note that you can also install from a",
            "/home/al/.npm/_logs/2026-01-02T03_04_05_678Z-debug-0.log",
            "A complete log of this run can be found in: ",
            "code E403",
            "404",
        ] {
            assert!(is_uninformative(line), "{line}");
        }
    }

    #[test]
    fn a_sentence_of_the_registry_is_not_a_code() {
        for line in [
            "Package name too similar to existing package",
            "403 Requested item is quarantined",
            "403 Forbidden - PUT https://h/p",
        ] {
            assert!(!is_uninformative(line), "{line}");
        }
    }
}
