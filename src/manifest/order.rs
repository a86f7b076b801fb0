//! The order of an object's members, which decides what npm processes first.

use serde_json::Value;

use super::{Manifest, json};

impl Manifest {
    /// The members of the object at a JSON pointer, in JavaScript's order: array indices first,
    /// by number, then the others as written. Empty if there is no object.
    pub fn members(&self, pointer: &str) -> Vec<(&str, &Value)> {
        let Some(Value::Object(object)) = self.pointer(pointer) else {
            return Vec::new();
        };
        let mut members: Vec<(&str, &Value)> = json::keys(&self.text, pointer)
            .iter()
            .filter_map(|key| object.get_key_value(key))
            .map(|(key, value)| (key.as_str(), value))
            .collect();
        members.sort_by_key(|(key, _)| array_index(key).unwrap_or(u32::MAX));
        members
    }
}

/// The key as an array index, if JavaScript treats it as one.
fn array_index(key: &str) -> Option<u32> {
    let index = key.parse::<u32>().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn as_javascript_goes_through_them() {
        let text = br#"{"o": {"b": 1, "10": 2, "a/c": 3, "2": 4, "01": 5}, "n": null}"#;
        let manifest = Manifest::parse(Path::new("package.json"), text).unwrap();
        let keys: Vec<_> = manifest
            .members("/o")
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        assert_eq!(keys, ["2", "10", "b", "a/c", "01"]);
        assert!(manifest.members("/n").is_empty());
        assert!(manifest.members("/none").is_empty());
    }
}
