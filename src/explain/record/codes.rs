//! The error codes of npm and of the tools that publish, and npm's sentences that imply one.

use crate::explain::log::is_number;

/// Codes of npm and the tools that publish, which need no `code` before them. Every `E` followed
/// by three digits is one, too, and every `ERR_…`.
const CODES: &str = "
    EOTP EAUTHIP EAUTHUNKNOWN EPUBLISHCONFLICT EINVALIDNPMTOKEN ENONPMTOKEN EWHOAMI EUNCOMMIT
    EBEHIND ELIFECYCLE EINTEGRITY EMAXREDIRECT DEPTH_ZERO_SELF_SIGNED_CERT
    SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE
    E_STAGE_REQUIRED ENPMEXTENSIONDUP ENPMEXTENSIONSHAPE ENPMEXTENSIONCONFIG ENOPKGNAME ENOPKG
    EACCESS EREGISTRY ETARGET ENOREMOTEBRANCH ENOCURRENTBRANCH CERT_NOT_YET_VALID
    HPE_INVALID_CONSTANT UNABLE_TO_GET_ISSUER_CERT UND_ERR_SOCKET UND_ERR_HEADERS_TIMEOUT
    UND_ERR_BODY_TIMEOUT UND_ERR_CONNECT_TIMEOUT
";

/// Node's codes for files, which any program may end with.
const FILES: &str = "
    EACCES EPERM ENOSPC EROFS EISDIR EMFILE ENFILE EBUSY ENOENT EDQUOT EIO ENOTEMPTY EXDEV
    ETXTBSY ENOTDIR EEXIST
";

/// Node's codes for the network.
const NETWORK: &str = "
    ETIMEDOUT ENOTFOUND ECONNRESET ECONNREFUSED EAI_AGAIN EAI_FAIL EPIPE EHOSTUNREACH ENETUNREACH
    EPROTO ECONNABORTED EADDRNOTAVAIL ENETDOWN EHOSTDOWN CERT_HAS_EXPIRED FETCH_ERROR
";

/// How the codes of sigstore begin, which signs statements.
const SIGSTORE: [&str; 5] = ["TLOG_", "TUF_", "TSA_", "CA_CREATE_", "IDENTITY_TOKEN_"];

/// Codes that no other program has.
const OWN: &str = "
    EINVALIDNPMTOKEN ENONPMTOKEN ENEEDAUTH EOTP EPRIVATE EUNSCOPED EPUBLISHCONFLICT ENOPKGNAME
";

/// Codes that npm raises without having sent anything.
const LOCAL: &str = "
    ENEEDAUTH EUSAGE EPRIVATE EUNSCOPED EBADSEMVER EINVALIDTAGNAME EINVALIDPACKAGENAME
    EUNSUPPORTEDPROTOCOL EPACKAGEEXTENSIONS EJSONPARSE EBADDEVENGINES EOVERRIDE EBUNDLEOVERRIDE
    EWORKSPACESCONFIG EDUPLICATEWORKSPACE EUNKNOWNCONFIG EALLOWGIT EALLOWFILE EALLOWREMOTE
    EALLOWDIRECTORY EBADENGINE ERR_INVALID_AUTH
";

/// Node's codes for a fault in a program: a test, a script, a tool.
const PROGRAM_CODES: &str = "
    ERR_ASSERTION ERR_MODULE_NOT_FOUND ERR_REQUIRE_ESM ERR_UNHANDLED_REJECTION
    ERR_UNKNOWN_FILE_EXTENSION ERR_DLOPEN_FAILED ERR_TEST_FAILURE ERR_WORKER_OUT_OF_MEMORY
    ERR_UNSUPPORTED_DIR_IMPORT ERR_PACKAGE_PATH_NOT_EXPORTED ERR_INVALID_MODULE_SPECIFIER
";

/// Words that npm puts before a sentence as its title.
const TITLES: &str = "\
    need auth |enoent |JSON.parse |network |notsup |notarget |nospc |rofs |Error: ";

/// npm's sentences that imply a code, for logs without the line that has it, in lower case:
/// other tools begin them otherwise.
const SENTENCES: [(&str, &str); 18] = [
    ("otp required for authentication", "EOTP"),
    ("to see a list of supported npm commands", "EUNKNOWNCOMMAND"),
    ("this command requires you to be logged in", "ENEEDAUTH"),
    ("auth required for publishing", "ENEEDAUTH"),
    ("unable to authenticate, need: ", "E401"),
    ("your authentication token seems to be invalid", "E401"),
    ("incorrect or missing password", "E401"),
    ("requires a one-time password", "EOTP"),
    ("login is not allowed from your ip", "EAUTHIP"),
    ("invalid auth configuration found", "ERR_INVALID_AUTH"),
    ("is not in this registry", "E404"),
    ("is not in the npm registry", "E404"),
    (
        "could not be found or you do not have permission to access it",
        "E404",
    ),
    ("note that you can also install from a", "E404"),
    ("forbidden by your security policy", "E403"),
    // pnpm 12.
    ("read project manifest", "EJSONPARSE"),
    // yarn 2 and later.
    ("(when parsing ", "EJSONPARSE"),
    ("could not parse package.json", "EJSONPARSE"),
];

/// Whether a list, which spaces separate, contains a word.
pub(super) fn is_listed(list: &str, code: &str) -> bool {
    list.split_whitespace().any(|listed| listed == code)
}

/// The words of a text that may be codes.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether npm raises a code itself, before it sends anything. A number is a script's code.
pub(super) fn is_local(code: &str) -> bool {
    // A script's exit code; `code 400` is an answer's status.
    let is_exit_code = is_number(code) && code.parse::<u8>().is_ok();
    is_listed(LOCAL, code) || is_listed(FILES, code) || is_exit_code
}

/// Whether any program on Node may end with a code.
pub(super) fn is_of_any_program(code: &str) -> bool {
    is_listed(FILES, code) || is_listed(NETWORK, code)
}

/// Whether a code is one of sigstore's.
pub(super) fn is_of_sigstore(code: &str) -> bool {
    SIGSTORE.iter().any(|begin| code.starts_with(begin))
}

/// The code that one of npm's sentences implies.
pub(super) fn code_of_sentence(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let stated = SENTENCES.iter().find(|(says, _)| text.contains(says));
    stated.map(|(_, code)| *code)
}

/// Whether a line begins with a code that only npm, or a tool that publishes, has.
pub(super) fn begins_with_npms_own(text: &str) -> bool {
    let begin = words(text).next().unwrap_or_default();
    is_listed(OWN, begin) || begin.starts_with("ERR_PNPM_")
}

/// Whether a word is an error code of npm, or of a tool that publishes.
pub fn is_code(word: &str) -> bool {
    let digits = word.strip_prefix('E').unwrap_or_default();
    let of_status = digits.len() == 3 && digits.starts_with(['4', '5']) && is_number(digits);
    of_status
        || [CODES, LOCAL].iter().any(|list| is_listed(list, word))
        || is_of_any_program(word)
        || is_of_sigstore(word)
        || (word.starts_with("ERR_") && word.len() > 6 && !is_listed(PROGRAM_CODES, word))
        || is_yarns(word)
}

/// `YN0033`: a code of yarn.
fn is_yarns(word: &str) -> bool {
    let digits = word.strip_prefix("YN").unwrap_or_default();
    digits.len() == 4 && is_number(digits)
}

/// What a tool prints along with a code, as far as the code alone tells. yarn's codes come with a
/// sentence.
pub fn text_of_code(code: &str) -> String {
    let sentence = match code {
        "YN0033" => "No authentication configured for request",
        "YN0035" => "The remote server failed to provide the requested resource",
        "YN0041" => "Invalid authentication",
        "YN0091" => "Provenance generation is only supported in GitHub Actions and GitLab CI",
        _ => return format!("npm error code {code}"),
    };
    format!("➤ {code}: {sentence}")
}

/// A sentence without npm's title; for a request without an answer, only the reason.
pub(super) fn untitled(text: &str) -> &str {
    let text = text.strip_prefix("code ").unwrap_or(text);
    let mut titles = TITLES.split('|');
    let text = titles
        .find_map(|title| text.strip_prefix(title))
        .unwrap_or(text);
    // `FetchError: request to https://… failed, reason: connect …`
    let request = text.split_once("request to http");
    let reason = request.and_then(|(_, rest)| rest.split_once(" failed, reason: "));
    let reason = reason.map(|(_, reason)| reason.trim());
    reason.filter(|reason| !reason.is_empty()).unwrap_or(text)
}
