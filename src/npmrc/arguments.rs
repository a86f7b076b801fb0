//! npm's command line, read as `nopt` reads it.

use std::collections::HashMap;

use super::definitions::{self, Definition, SHORTHANDS, Type};
use super::validate::validated;
use super::value::{Value, number, trim};
use crate::npm::NpmVersion;

/// Words for npm, understood.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// The flags that hold, in the order of their first appearance.
    pub flags: Vec<Flag>,
    /// Everything that is no flag.
    pub positionals: Vec<String>,
    /// What npm would complain about.
    pub problems: Vec<ArgumentProblem>,
}

/// One flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// The key it sets.
    pub key: String,
    /// The value, validated but not expanded.
    pub value: Value,
    /// As it was written, without its value: `--reg`.
    pub written: String,
}

/// What npm would complain about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentProblem {
    /// A key that npm does not know. Fatal from npm 12 on.
    Unknown {
        /// The flag as written.
        written: String,
    },
    /// A unique beginning of a key. Fatal from npm 12 on.
    Abbreviated {
        /// The flag as written.
        written: String,
        /// The key it stands for.
        key: String,
    },
    /// A longer shorthand behind a single hyphen (`-ws`). Fatal from npm 12 on.
    SingleHyphen {
        /// The flag as written.
        written: String,
    },
    /// A value that the key does not take: npm drops the flag and goes on.
    Invalid {
        /// The flag as written.
        written: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
}

impl CommandLine {
    /// Reads the words behind `npm publish`.
    pub fn parse(words: &[String], npm: Option<&NpmVersion>) -> Self {
        let major = npm.map_or(12, NpmVersion::major).clamp(10, 12);
        let mut parser = Parser {
            names: Names::new(major),
            words: words.to_vec(),
            raw: Vec::new(),
            line: Self::default(),
        };
        for word in words {
            let single = word
                .strip_prefix('-')
                .filter(|name| name.len() > 1 && !name.starts_with('-'));
            if single.is_some_and(|name| shorthand(name).is_some()) {
                parser.line.problems.push(ArgumentProblem::SingleHyphen {
                    written: word.clone(),
                });
            }
        }
        parser.read();
        parser.finish()
    }

    /// The value of a flag.
    pub fn get(&self, key: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.key == key)
    }

    /// A flag that npm drops because of its value.
    pub fn dropped(&self, key: &str) -> Option<(&str, &str)> {
        self.problems.iter().find_map(|problem| match problem {
            ArgumentProblem::Invalid {
                written,
                key: found,
                value,
            } if found == key => Some((written.as_str(), value.as_str())),
            _ => None,
        })
    }
}

/// The keys and shorthands of one npm, with their unique beginnings (`abbrev`).
struct Names {
    major: u64,
    keys: HashMap<String, &'static str>,
    shorts: HashMap<String, &'static str>,
}

impl Names {
    fn new(major: u64) -> Self {
        let keys = definitions::ALL
            .iter()
            .filter(|key| key.known_to(major))
            .map(|key| key.key);
        Self {
            major,
            keys: abbreviations(keys.collect()),
            shorts: abbreviations(SHORTHANDS.iter().map(|(short, _)| *short).collect()),
        }
    }

    fn definition(&self, key: &str) -> Option<&'static Definition> {
        definitions::find(key, self.major)
    }
}

/// Every unique beginning of every name, and the whole names.
fn abbreviations(names: Vec<&'static str>) -> HashMap<String, &'static str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        for (end, _) in name.char_indices().skip(1) {
            *counts.entry(&name[..end]).or_default() += 1;
        }
        *counts.entry(name).or_default() += 1;
    }
    let mut found = HashMap::new();
    for name in &names {
        for (end, _) in name.char_indices().skip(1) {
            if counts[&name[..end]] == 1 {
                found.insert(name[..end].to_owned(), *name);
            }
        }
    }
    for name in names {
        found.insert(name.to_owned(), name);
    }
    found
}

fn shorthand(name: &str) -> Option<&'static [&'static str]> {
    SHORTHANDS
        .iter()
        .find(|(short, _)| *short == name)
        .map(|(_, long)| *long)
}

/// A key with its values so far, before validation.
struct Raw {
    key: String,
    written: String,
    value: Value,
}

struct Parser {
    names: Names,
    words: Vec<String>,
    raw: Vec<Raw>,
    line: CommandLine,
}

impl Parser {
    fn read(&mut self) {
        let mut at = 0;
        // The flag as the user wrote it, while a shorthand is being replaced.
        let mut written: Option<String> = None;
        while at < self.words.len() {
            let word = self.words[at].clone();
            if word.len() >= 2 && word.chars().all(|c| c == '-') {
                self.line.positionals.extend(self.words.drain(at + 1..));
                return;
            }
            if !word.starts_with('-') || word.len() < 2 {
                self.line.positionals.push(word);
                at += 1;
                continue;
            }
            let mut flag = word;
            let mut had_equals = false;
            if let Some((name, value)) = flag.clone().split_once('=') {
                had_equals = true;
                flag = name.to_owned();
                self.words
                    .splice(at..=at, [name.to_owned(), value.to_owned()]);
            }
            let spelled = written.take().unwrap_or_else(|| flag.clone());
            if let Some(replacement) = self.resolve_short(&flag, &spelled) {
                let same = replacement[0] == flag;
                self.words.splice(at..=at, replacement);
                if !same {
                    written = Some(spelled);
                    continue;
                }
            }
            at = self.flag(at, &flag, spelled, had_equals);
        }
    }

    /// Replaces a shorthand, glued single letters or the beginning of a
    /// shorthand by what they stand for.
    fn resolve_short(&mut self, flag: &str, spelled: &str) -> Option<Vec<String>> {
        let name = flag.trim_start_matches('-');
        if self.names.keys.get(name) == Some(&name) {
            return None;
        }
        let owned = |long: &[&str]| long.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        if let Some(long) = shorthand(name) {
            return Some(owned(long));
        }
        let singles: Option<Vec<_>> = name
            .chars()
            .map(|c| shorthand(c.encode_utf8(&mut [0; 4])))
            .collect();
        if let Some(singles) = singles.filter(|singles| !singles.is_empty()) {
            return Some(singles.into_iter().flat_map(owned).collect());
        }
        if self.names.keys.contains_key(name) {
            return None;
        }
        let short = self.names.shorts.get(name).copied()?;
        self.line.problems.push(ArgumentProblem::Abbreviated {
            written: spelled.to_owned(),
            key: short.to_owned(),
        });
        shorthand(short).map(owned)
    }

    /// Reads the flag at a place; gives the place behind it and its value.
    fn flag(&mut self, at: usize, flag: &str, written: String, had_equals: bool) -> usize {
        let (mut key, negated) = without_no(flag.trim_start_matches('-'));
        if let Some(&full) = self.names.keys.get(key.as_str())
            && full != key
        {
            self.line.problems.push(ArgumentProblem::Abbreviated {
                written: written.clone(),
                key: full.to_owned(),
            });
            full.clone_into(&mut key);
        }
        let definition = self.names.definition(&key);
        let takes = |wanted| definition.is_some_and(|definition| definition.takes(wanted));
        let several = definition.is_some_and(|definition| definition.types.len() > 1);
        let repeated = definition.is_none() && self.raw.iter().any(|raw| raw.key == key);
        let is_list = takes(Type::List) || repeated;
        let next = self.words.get(at + 1).cloned();
        let is_flag = negated.is_some()
            || takes(Type::Boolean)
            || (definition.is_none() && !had_equals)
            || (next.as_deref() == Some("false") && takes(Type::Null) && several);
        if definition.is_none() && !is_npms_own(&key) {
            self.line.problems.push(ArgumentProblem::Unknown {
                written: written.clone(),
            });
        }
        if is_flag {
            let (value, eaten) = switch(definition, negated, next.as_deref());
            self.put(key, written, value, is_list);
            return at + 1 + eaten;
        }
        let (value, eaten) = word(definition, next);
        self.put(key, written, value, is_list);
        at + 1 + eaten
    }

    fn put(&mut self, key: String, written: String, value: Value, is_list: bool) {
        let known = self.raw.iter_mut().find(|raw| raw.key == key);
        match known {
            Some(raw) if is_list => match &mut raw.value {
                Value::List(values) => values.push(value),
                first => {
                    let first = std::mem::replace(first, Value::Null);
                    raw.value = Value::List(vec![first, value]);
                }
            },
            Some(raw) => {
                raw.value = value;
                raw.written = written;
            }
            None => {
                let value = if is_list {
                    Value::List(vec![value])
                } else {
                    value
                };
                self.raw.push(Raw {
                    key,
                    written,
                    value,
                });
            }
        }
    }

    /// Drops what the keys do not take.
    fn finish(mut self) -> CommandLine {
        for raw in std::mem::take(&mut self.raw) {
            let definition = self.names.definition(&raw.key);
            let value = match raw.value {
                Value::List(values) => {
                    let takes_list =
                        definition.is_none_or(|definition| definition.takes(Type::List));
                    let kept: Vec<_> = values
                        .into_iter()
                        .filter_map(|value| validated(definition, value).ok())
                        .collect();
                    (takes_list || !kept.is_empty()).then_some(Value::List(kept))
                }
                value => match validated(definition, value) {
                    Ok(value) => Some(value),
                    Err(refused) => {
                        self.line.problems.push(ArgumentProblem::Invalid {
                            written: raw.written.clone(),
                            key: raw.key.clone(),
                            value: refused.to_text(),
                        });
                        None
                    }
                },
            };
            if let Some(value) = value {
                self.line.flags.push(Flag {
                    key: raw.key,
                    value,
                    written: raw.written,
                });
            }
        }
        self.line
    }
}

/// `no-` taken off, any number of times; `None` where there was none.
fn without_no(name: &str) -> (String, Option<bool>) {
    let mut name = name;
    let mut negated = None;
    while name
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("no-"))
    {
        negated = Some(!negated.unwrap_or(false));
        name = &name[3..];
    }
    (name.to_owned(), negated)
}

/// Keys without a definition that npm takes all the same: nerf-darted
/// credentials and scopes' registries.
fn is_npms_own(key: &str) -> bool {
    const NERFED: [&str; 9] = [
        "_auth",
        "_authToken",
        "_password",
        "certfile",
        "email",
        "keyfile",
        "username",
        "registry",
        "always-auth",
    ];
    key.rsplit_once(':')
        .is_some_and(|(_, base)| NERFED.contains(&base))
}

/// The value of a switch, and how many words it eats.
fn switch(
    definition: Option<&Definition>,
    negated: Option<bool>,
    next: Option<&str>,
) -> (Value, usize) {
    let no = negated == Some(true);
    let several = definition.filter(|definition| definition.types.len() > 1);
    match next {
        Some(word @ ("true" | "false")) => (Value::Bool((word == "true") != no), 1),
        Some(word) if several.is_some() && !word.is_empty() => {
            let takes = |wanted| several.is_some_and(|definition| definition.takes(wanted));
            let hyphens = word.len() - word.trim_start_matches('-').len();
            let is_word = several.is_some_and(|definition| {
                definition
                    .types
                    .iter()
                    .any(|kind| matches!(kind, Type::Word(own) if *own == word))
            });
            if is_word {
                (Value::Text(word.to_owned()), 1)
            } else if word == "null" && takes(Type::Null) {
                (Value::Null, 1)
            } else if takes(Type::Number)
                && !(hyphens >= 2 && word.len() > hyphens)
                && number(word).is_some()
            {
                (Value::Number(number(word).unwrap_or_default()), 1)
            } else if takes(Type::Text) && !(hyphens == 1 && word.len() > 1) {
                (Value::Text(word.to_owned()), 1)
            } else {
                (Value::Bool(!no), 0)
            }
        }
        _ => (Value::Bool(!no), 0),
    }
}

/// The value of a flag that wants one, and how many words it eats.
fn word(definition: Option<&Definition>, next: Option<String>) -> (Value, usize) {
    let only_text = definition.is_some_and(|definition| definition.types == [Type::Text]);
    match next {
        None if only_text => (Value::Text(String::new()), 0),
        None => (Value::Bool(true), 0),
        Some(next) => {
            let hyphens = next.len() - next.trim_start_matches('-').len();
            let is_end = hyphens >= 2 && next.len() == hyphens;
            let is_flag = (1..=2).contains(&hyphens) && next.len() > hyphens;
            if only_text && is_flag {
                (Value::Text(String::new()), 0)
            } else if is_end {
                (Value::Bool(true), 0)
            } else {
                (Value::Text(next), 1)
            }
        }
    }
}

/// Trimmed, as `nopt` cleans every text.
pub(super) fn clean(text: &str) -> &str {
    trim(text)
}
