//! `nopt`'s `parse` and `clean`, step by step.

use super::names::{Names, short_for, shorthand};
use super::{ArgumentProblem, CommandLine, Flag};
use crate::npmrc::definitions::{Definition, Type, is_npms_own};
use crate::npmrc::validate::{Context, clean};
use crate::npmrc::value::{Value, number};

/// A key with its values so far, before validation.
struct Raw {
    key: String,
    written: String,
    value: Value,
}

struct Parser<'a> {
    names: Names,
    context: &'a Context,
    args: Vec<String>,
    raw: Vec<Raw>,
    line: CommandLine,
}

pub(super) fn parse(args: &[String], context: &Context) -> CommandLine {
    let mut parser = Parser {
        names: Names::new(context.major),
        context,
        args: args.to_vec(),
        raw: Vec::new(),
        line: CommandLine::default(),
    };
    for word in args {
        let single = word
            .strip_prefix('-')
            .filter(|name| name.chars().nth(1).is_some());
        if single.is_some_and(|name| shorthand(name).is_some()) {
            parser.line.problems.push(ArgumentProblem::SingleHyphen {
                written: word.clone(),
            });
        }
    }
    parser.read();
    parser.finish()
}

impl Parser<'_> {
    fn read(&mut self) {
        let mut at = 0;
        // The flag as the user wrote it, while a shorthand is being replaced.
        let mut written: Option<String> = None;
        while at < self.args.len() {
            let word = self.args[at].clone();
            if word.len() >= 2 && word.chars().all(|c| c == '-') {
                self.line.positionals.extend(self.args.drain(at + 1..));
                return;
            }
            if !word.starts_with('-') || word.len() < 2 {
                self.line.positionals.push(word);
                at += 1;
                written = None;
                continue;
            }
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let had_equals = value.is_some();
            if let Some(value) = value {
                self.args.splice(at..=at, [flag.clone(), value]);
            }
            let spelled = written.take().unwrap_or_else(|| flag.clone());
            if let Some(replacement) = self.resolve_short(&flag, &spelled) {
                self.args.splice(at..=at, replacement);
                written = Some(spelled);
                continue;
            }
            at = self.flag(at, &flag, spelled, had_equals);
        }
    }

    /// Replaces a shorthand, combined single letters or an abbreviated shorthand with the flags
    /// that they stand for.
    fn resolve_short(&mut self, flag: &str, spelled: &str) -> Option<Vec<String>> {
        let name = flag.trim_start_matches('-');
        if self.names.definition(name).is_some() {
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
        if let Some(singles) = singles {
            if spelled.starts_with("--") && singles.len() > 1 {
                self.line.problems.push(ArgumentProblem::Glued {
                    written: spelled.to_owned(),
                });
            }
            return Some(singles.into_iter().flat_map(owned).collect());
        }
        if self.names.key(name).is_some() {
            return None;
        }
        let short = short_for(name)?;
        self.line.problems.push(ArgumentProblem::Abbreviated {
            written: spelled.to_owned(),
            key: short.to_owned(),
        });
        shorthand(short).map(owned)
    }

    /// Reads the flag at an index; returns the index after it.
    fn flag(&mut self, at: usize, flag: &str, written: String, had_equals: bool) -> usize {
        let (mut key, negated) = without_no(flag.trim_start_matches('-'));
        if let Some(full) = self.names.key(&key).filter(|full| *full != key) {
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
        let next = self.args.get(at + 1).cloned();
        let is_switch = negated.is_some()
            || takes(Type::Boolean)
            || (definition.is_none() && !had_equals)
            || (next.as_deref() == Some("false") && takes(Type::Null) && several);
        if definition.is_none() {
            self.complain(&key, &written, next.as_deref().filter(|_| !had_equals));
        }
        let (value, eaten) = if is_switch {
            switch(definition, negated, next.as_deref())
        } else {
            word(definition, next.clone())
        };
        if let Some(word) = next.filter(|_| had_equals && eaten == 0 && definition.is_some()) {
            self.line.problems.push(ArgumentProblem::NotASwitch {
                written: written.clone(),
                value: word,
            });
        }
        self.put(key, written, value, is_list);
        at + 1 + eaten
    }

    /// A key without a definition.
    fn complain(&mut self, key: &str, written: &str, next: Option<&str>) {
        if !is_npms_own(key, self.context.major) && !is_swallowed(key) {
            self.line.problems.push(ArgumentProblem::Unknown {
                written: written.to_owned(),
            });
        }
        let loose =
            |word: &&str| !word.is_empty() && !word.starts_with('-') && !is_boolean_word(word);
        if let Some(word) = next.filter(loose) {
            self.line.problems.push(ArgumentProblem::Loose {
                written: written.to_owned(),
                word: word.to_owned(),
            });
        }
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

    /// Drops values that the keys do not accept.
    fn finish(mut self) -> CommandLine {
        for raw in std::mem::take(&mut self.raw) {
            if is_swallowed(&raw.key) {
                continue;
            }
            let definition = self.names.definition(&raw.key);
            let mut refused = Vec::new();
            let value = clean(definition, raw.value, self.context, &mut refused);
            for value in refused {
                self.line.problems.push(ArgumentProblem::Invalid {
                    written: raw.written.clone(),
                    key: raw.key.clone(),
                    value: value.to_text(),
                });
            }
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

/// Names that JavaScript's objects or nopt itself use: npm drops their values.
fn is_swallowed(key: &str) -> bool {
    matches!(key, "argv" | "__proto__")
}

/// The rest after any number of `no-`; `None` if there is none.
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

fn is_boolean_word(word: &str) -> bool {
    matches!(word, "true" | "false")
}

/// The value of a switch, and how many arguments it takes.
fn switch(
    definition: Option<&Definition>,
    negated: Option<bool>,
    next: Option<&str>,
) -> (Value, usize) {
    let no = negated == Some(true);
    let bare = (Value::Bool(!no), 0);
    let Some(word) = next.filter(|word| !word.is_empty()) else {
        return bare;
    };
    if is_boolean_word(word) {
        return (Value::Bool((word == "true") != no), 1);
    }
    let Some(definition) = definition.filter(|definition| definition.types.len() > 1) else {
        return bare;
    };
    let hyphens = word.len() - word.trim_start_matches('-').len();
    let is_own = |kind: &Type| matches!(kind, Type::Word(own) if *own == word);
    if definition.types.iter().any(is_own) {
        return (Value::Text(word.to_owned()), 1);
    }
    if word == "null" && definition.takes(Type::Null) {
        return (Value::Null, 1);
    }
    let is_long_flag = hyphens >= 2 && word.len() > hyphens;
    match number(word) {
        Some(number) if !is_long_flag && definition.takes(Type::Number) => {
            (Value::Number(number), 1)
        }
        _ if !(hyphens == 1 && word.len() > 1) && definition.takes(Type::Text) => {
            (Value::Text(word.to_owned()), 1)
        }
        _ => bare,
    }
}

/// The value of a flag that needs one, and how many arguments it takes.
fn word(definition: Option<&Definition>, next: Option<String>) -> (Value, usize) {
    let only_text = definition.is_some_and(|definition| definition.types == [Type::Text]);
    let Some(next) = next else {
        return if only_text {
            (Value::Text(String::new()), 0)
        } else {
            (Value::Bool(true), 0)
        };
    };
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
