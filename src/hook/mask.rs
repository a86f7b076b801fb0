//! Masks literal credentials in a committed .npmrc and publishConfig before they are written to
//! a temporary folder, which a killed process leaves behind.

use std::path::Path;

use serde_json::Value;

use crate::manifest::{Manifest, escape_pointer};
use crate::npmrc::settings::is_secret;
use crate::secret::mask_known_shapes;

/// The text that replaces a credential. The hook sends no literal credential of a commit, so
/// nothing is lost, and checks still see that one is set.
const MASK: &str = "masked-by-safe-publish";

/// A file of the commit as it is written: an .npmrc and a package.json without their literal
/// credentials, on the same lines; any other file unchanged.
pub(super) fn laid_out(path: &Path, bytes: &[u8]) -> Vec<u8> {
    match path.file_name().and_then(|name| name.to_str()) {
        Some(".npmrc") => {
            let text = String::from_utf8_lossy(bytes);
            let lines = text.split_inclusive(['\n', '\r']);
            lines.map(masked).collect::<String>().into_bytes()
        }
        Some("package.json") => manifest(path, bytes),
        _ => bytes.to_vec(),
    }
}

/// A package.json without the credentials in its publishConfig.
fn manifest(path: &Path, bytes: &[u8]) -> Vec<u8> {
    let Ok(manifest) = Manifest::parse(path, bytes) else {
        // Text that is not JSON is only searched for tokens in known formats.
        let text = String::from_utf8_lossy(bytes);
        let shown = mask_known_shapes(&text);
        return if shown == text {
            bytes.to_vec()
        } else {
            shown.into_bytes()
        };
    };
    let mut spans = Vec::new();
    for (key, value) in manifest.publish_config().into_iter().flatten() {
        let Value::String(value) = value else {
            continue;
        };
        let shown = if is_secret(key) && !value.is_empty() {
            MASK.to_owned()
        } else {
            without_password(value)
        };
        let pointer = format!("/publishConfig/{}", escape_pointer(key));
        if shown != *value
            && let Some(span) = manifest.locate(&pointer)
        {
            spans.push((span, Value::String(shown).to_string()));
        }
    }
    if spans.is_empty() {
        return bytes.to_vec();
    }
    // From the end, so that earlier positions stay valid.
    spans.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = manifest.text.to_string();
    for (span, shown) in spans {
        text.replace_range(span.start..span.end, &shown);
    }
    text.into_bytes()
}

fn masked(line: &str) -> String {
    let end = line.trim_end_matches(['\n', '\r']);
    let (text, end) = line.split_at(end.len());
    if text.trim_start().starts_with([';', '#']) {
        return format!(";{end}");
    }
    let Some((key, value)) = text.split_once('=') else {
        return line.to_owned();
    };
    let name = key.trim().trim_matches(['"', '\'']).trim_end_matches("[]");
    // npm's own parser cuts a value where a comment begins (the package `ini`).
    let value = value.split([';', '#']).next().unwrap_or_default();
    if is_secret(name) && !value.trim().is_empty() && !is_reference(value) {
        let blanks = &value[..value.len() - value.trim_start().len()];
        return format!("{key}={blanks}{MASK}{end}");
    }
    format!("{key}={}{end}", without_password(value))
}

/// Whether it consists only of references such as `${NPM_TOKEN}`.
fn is_reference(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    let parts = value.strip_suffix('}').map(|inside| inside.split('}'));
    parts.is_some_and(|mut parts| parts.all(|part| part.starts_with("${")))
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
        for line in [
            "//h/:_authToken=npm_SECRET ; was ${NPM_TOKEN}",
            "//h/:_authToken=${NPM_TOKEN} ; was npm_SECRET",
            "; //h/:_authToken=npm_SECRET",
            "#//h/:_authToken=npm_SECRET",
            "//h/:_authToken=npm_SECRET${SUFFIX}",
        ] {
            let masked = laid_out("a/.npmrc".as_ref(), line.as_bytes());
            let masked = String::from_utf8(masked).unwrap();
            assert!(!masked.contains("SECRET"), "{masked}");
        }
        let other = laid_out("lerna.json".as_ref(), b"_auth=x");
        assert_eq!(other, b"_auth=x");
    }

    #[test]
    fn a_literal_credential_in_publish_config_is_masked() {
        let text = "{\"name\":\"cat\",\n\"publishConfig\": {\"//h/:_authToken\": \"npm_S\\u0045CRET\",\n  \"_auth\":\"SECRET\",\
            \"registry\":\"https://bob:SECRET@h/\",\"tag\":\"next\"},\n\"version\":\"1.0.0\"}";
        let masked = laid_out("a/package.json".as_ref(), text.as_bytes());
        let masked = String::from_utf8(masked).unwrap();
        assert!(!masked.contains("CRET"), "{masked}");
        assert_eq!(masked.lines().count(), text.lines().count());
        let read: serde_json::Value = serde_json::from_str(&masked).unwrap();
        assert_eq!(read["publishConfig"]["tag"], "next");
        assert_eq!(read["publishConfig"]["//h/:_authToken"], MASK);
        let plain = "\u{feff}{\"name\": \"cat\"}\n";
        assert_eq!(
            laid_out("package.json".as_ref(), plain.as_bytes()),
            plain.as_bytes()
        );
        let token = format!("npm_{}", "aB3d".repeat(9));
        let broken = format!("{{\"publishConfig\": {{\"_authToken\": \"{token}\"");
        let masked = laid_out("package.json".as_ref(), broken.as_bytes());
        assert!(!String::from_utf8(masked).unwrap().contains(&token));
    }
}
