//! Turns the text of a file or variable into a value (`@npmcli/config`, `parse-field.js`).

use std::path::{Component, Path, PathBuf};

use super::definitions::{Definition, Type};
use super::expand::{Expanded, expand};
use super::value::{Value, number, trim, umask};
use crate::environment::Environment;

/// A value, and the variables that were expanded in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) value: Value,
    pub(super) unset: Vec<String>,
    pub(super) empty: Vec<String>,
    pub(super) filled: Vec<String>,
}

/// How fields are read in one run.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) environment: &'a Environment,
    pub(super) major: u64,
    pub(super) optional_variables: bool,
}

impl Reader<'_> {
    /// Expands the variables in a text.
    pub(super) fn expand(&self, text: &str) -> Expanded {
        expand(text, self.environment, self.optional_variables)
    }

    /// Reads the value of a key.
    pub(super) fn field(&self, key: &str, value: Value) -> Field {
        let definition = super::definitions::find(key, self.major);
        let mut field = Field {
            value: Value::Null,
            unset: Vec::new(),
            empty: Vec::new(),
            filled: Vec::new(),
        };
        let read = self.read(definition, value, false, &mut field);
        field.value = read;
        field
    }

    fn read(
        &self,
        definition: Option<&Definition>,
        value: Value,
        is_element: bool,
        field: &mut Field,
    ) -> Value {
        let takes = |wanted| definition.is_some_and(|definition| definition.takes(wanted));
        let text = match value {
            Value::Text(text) => text,
            Value::List(values) if takes(Type::List) && !is_element => {
                let read = |value| self.read(definition, value, true, field);
                return Value::List(values.into_iter().map(read).collect());
            }
            other => return other,
        };
        let text = trim(&text);
        if takes(Type::List) && !is_element {
            let parts = text
                .split("\n\n")
                .map(|part| Value::Text(part.to_owned()))
                .collect();
            return self.read(definition, Value::List(parts), false, field);
        }
        let is_path = takes(Type::Path);
        let is_text = is_path || takes(Type::Text);
        if takes(Type::Boolean) && !is_text && text.is_empty() {
            return Value::Bool(true);
        }
        if let Some(value) = keyword(text).filter(|_| !is_text && !takes(Type::Number)) {
            return value;
        }
        let mut expanded = self.expand(text);
        field.unset.append(&mut expanded.unset);
        field.empty.append(&mut expanded.empty);
        field.filled.append(&mut expanded.filled);
        if is_path {
            return Value::Text(self.path(&expanded.text).display().to_string());
        }
        if let Some(mask) = umask(&expanded.text).filter(|_| takes(Type::Umask)) {
            return Value::Number(mask);
        }
        match number(&expanded.text) {
            Some(number) if takes(Type::Number) => Value::Number(number),
            _ => Value::Text(expanded.text),
        }
    }

    /// `~/` is the home folder; everything else is relative to the working folder.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        against(
            &self.environment.cwd,
            self.environment.home.as_deref(),
            text,
        )
    }
}

/// The value of a text that is a JavaScript keyword.
fn keyword(text: &str) -> Option<Value> {
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        "undefined" => Some(Value::Undefined),
        _ => None,
    }
}

/// A path as npm reads it: `~/` (on Windows `~\`, too) is the home folder.
pub(super) fn against(cwd: &Path, home: Option<&Path>, text: &str) -> PathBuf {
    let below_home = text
        .strip_prefix("~/")
        .or_else(|| text.strip_prefix("~\\").filter(|_| cfg!(windows)));
    match below_home.zip(home) {
        Some((rest, home)) => resolve(home, rest),
        None => resolve(cwd, text),
    }
}

/// Node's `path.resolve(base, text)`: joined, with `.` and `..` resolved.
pub(super) fn resolve(base: &Path, text: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in base.join(text).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            part => resolved.push(part),
        }
    }
    resolved
}
