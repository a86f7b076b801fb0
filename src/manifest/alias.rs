//! Which package a dependency names.

/// The package that a dependency names: `npm:` and `workspace:` may be followed by another
/// name; a repository or a URL is not a package of this registry.
pub fn named_package<'a>(name: &'a str, spec: &'a str) -> Option<&'a str> {
    let spec = spec.trim();
    for protocol in ["npm:", "workspace:"] {
        if let Some(rest) = spec.strip_prefix(protocol) {
            let at = rest.get(1..).and_then(|rest| rest.rfind('@'));
            return Some(at.map_or(name, |at| &rest[..=at]));
        }
    }
    let is_elsewhere = ["git", "http:", "https:", "github:", "gitlab:", "bitbucket:"];
    (!is_elsewhere.iter().any(|start| spec.starts_with(start))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_names_its_package() {
        assert_eq!(named_package("x", "npm:@s/y@^1"), Some("@s/y"));
        assert_eq!(named_package("x", "workspace:y@*"), Some("y"));
        assert_eq!(named_package("x", "workspace:^1.0.0"), Some("x"));
        assert_eq!(named_package("x", "workspace:*"), Some("x"));
        assert_eq!(named_package("x", "catalog:"), Some("x"));
        assert_eq!(named_package("x", "git+ssh://h/x.git"), None);
    }
}
