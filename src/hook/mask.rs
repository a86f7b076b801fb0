//! Takes literal credentials out of a committed .npmrc before it is laid out
//! in a temporary folder, which a killed process leaves behind.

use std::path::Path;

use crate::npmrc::settings::is_secret;

/// The text that takes the place of a credential. The hook sends no literal
/// credential of a commit, so nobody misses it; that one stands there is still
/// seen.
const MASK: &str = "masked-by-safe-publish";

/// A file of the commit as it is laid out: an .npmrc without its literal
/// credentials, on the same lines; any other file as it is.
pub(super) fn laid_out(path: &Path, bytes: &[u8]) -> Vec<u8> {
    if path.file_name().is_none_or(|name| name != ".npmrc") {
        return bytes.to_vec();
    }
    let text = String::from_utf8_lossy(bytes);
    text.split_inclusive(['\n', '\r'])
        .map(masked)
        .collect::<String>()
        .into_bytes()
}

fn masked(line: &str) -> String {
    let end = line.trim_end_matches(['\n', '\r']);
    let (text, end) = line.split_at(end.len());
    let Some((key, value)) = text.split_once('=') else {
        return line.to_owned();
    };
    let name = key.trim().trim_matches(['"', '\'']).trim_end_matches("[]");
    if is_secret(name) && !value.trim().is_empty() && !value.contains("${") {
        let blanks = &value[..value.len() - value.trim_start().len()];
        return format!("{key}={blanks}{MASK}{end}");
    }
    format!("{key}={}{end}", without_password(value))
}

/// A URL without the password in its userinfo.
fn without_password(value: &str) -> String {
    let parts = value.split_once("://").and_then(|(scheme, rest)| {
        let (userinfo, host) = rest.rsplit_once('@')?;
        let (user, password) = userinfo.split_once(':')?;
        (!password.contains("${")).then(|| format!("{scheme}://{user}:{MASK}@{host}"))
    });
    parts.unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_credentials_are_masked_and_the_rest_keeps_its_place() {
        let text = "registry=https://h/\r\n//h/:_authToken = npm_SECRET\n; x\n\"//h/:_password\"=SECRET ; SECRET\n\
            //h/:_authToken=${NPM_TOKEN}\nproxy=http://bob:SECRET@h:1\n//h/:username=bob\n_auth[]=SECRET\n";
        let masked = String::from_utf8(laid_out("a/.npmrc".as_ref(), text.as_bytes())).unwrap();
        assert!(!masked.contains("SECRET"), "{masked}");
        assert_eq!(masked.lines().count(), text.lines().count());
        for kept in [
            "registry=https://h/\r\n",
            "//h/:_authToken = masked",
            "${NPM_TOKEN}",
            "username=bob",
            "bob:masked",
        ] {
            assert!(masked.contains(kept), "{kept} in {masked}");
        }
        let other = laid_out("package.json".as_ref(), b"_auth=x");
        assert_eq!(other, b"_auth=x");
    }
}
