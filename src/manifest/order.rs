//! The order of an object's members, which decides what npm processes first.

use serde_json::{Map, Value};

use super::json::Keys;
use super::{Manifest, json};

/// A member of an object, with those of its own value where that is an object.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a Value,
    pub(super) below: Vec<Member<'a>>,
}

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

    /// The same with the members of all objects within it, whose time grows with the
    /// text and no faster.
    pub(super) fn all_members(&self, pointer: &str) -> Vec<Member<'_>> {
        match self.pointer(pointer) {
            Some(Value::Object(object)) => ordered(object, json::all_keys(&self.text, pointer)),
            _ => Vec::new(),
        }
    }
}

fn ordered(object: &Map<String, Value>, keys: Keys) -> Vec<Member<'_>> {
    let member = |(key, below): (String, Keys)| {
        let (key, value) = object.get_key_value(&key)?;
        let below = value.as_object().map(|object| ordered(object, below));
        Some(Member {
            key,
            value,
            below: below.unwrap_or_default(),
        })
    };
    let mut members: Vec<Member<'_>> = keys.0.into_iter().filter_map(member).collect();
    members.sort_by_key(|member| array_index(member.key).unwrap_or(u32::MAX));
    members
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
        let all: Vec<_> = manifest.all_members("/o").iter().map(|it| it.key).collect();
        assert_eq!(all, keys);
        assert!(manifest.members("/n").is_empty());
        assert!(manifest.members("/none").is_empty());
    }

    #[test]
    fn of_a_key_that_occurs_twice_the_last_value_counts_in_the_first_place() {
        let text = br#"{"o": {"b": {"x": 1}, "a": [{"y": 1}], "b": {"z": {"2": 1, "1": 1}}}}"#;
        let manifest = Manifest::parse(Path::new("package.json"), text).unwrap();
        let all = manifest.all_members("/o");
        let keys = |members: &[Member<'_>]| members.iter().map(|it| it.key.to_owned()).collect();
        let [outer, within, deepest]: [Vec<String>; 3] = [
            keys(&all),
            keys(&all[0].below),
            keys(&all[0].below[0].below),
        ];
        assert_eq!(outer, ["b", "a"]);
        assert_eq!(
            (within, deepest),
            (vec!["z".to_owned()], vec!["1".to_owned(), "2".to_owned()])
        );
        assert!(all[1].below.is_empty());
    }
}
