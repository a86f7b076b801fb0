//! The texts about a cause that need no facts: why npm fails, what to do, and a question that
//! separates it from similar causes. `explain` fills the placeholders from a log; an id's
//! documentation shows them in a general form.

use std::borrow::Cow;

use crate::facts::Facts;
use crate::finding::{Help, NpmCommand};
use crate::npmrc::credentials::AuthCheck;
use crate::registry::kind::RegistryKind;

/// The texts about a cause, in general or at one kind of registry.
#[derive(Debug)]
pub struct Remedy {
    /// The only kind of registry that it applies to.
    pub on: Option<RegistryKind>,
    /// Why npm fails, if the summary does not say it.
    pub why: Option<&'static str>,
    /// What to do, the best first.
    pub steps: &'static [Step],
    /// The question that separates it from other causes; at most one.
    pub questions: &'static [Ask],
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Do this.
    Do(Help),
    /// Do this, but only if the version is not on the registry.
    LookFirst(&'static str),
}

/// A question, and the commands that answer it.
#[derive(Debug)]
pub struct Ask {
    /// The question.
    pub text: &'static str,
    /// The commands, to be run one after the other.
    pub commands: &'static [Command],
    /// It only asks whether the version exists.
    pub is_of_presence: bool,
}

/// A command that answers a question.
#[derive(Debug)]
pub enum Command {
    /// One of npm's.
    Npm(NpmCommand),
    /// Any other, as a shell takes it.
    Shell(&'static str),
}

impl Remedy {
    /// The one for a kind of registry, otherwise the general one.
    pub fn of(remedies: &'static [Self], kind: Option<RegistryKind>) -> Option<&'static Self> {
        let own = |remedy: &&Self| remedy.on.is_some() && remedy.on == kind;
        let mut all = remedies.iter();
        all.find(own).or_else(|| Self::general(remedies))
    }

    fn general(remedies: &'static [Self]) -> Option<&'static Self> {
        remedies.iter().find(|remedy| remedy.on.is_none())
    }
}

impl Step {
    /// What to do, with placeholders filled: by a value, otherwise in a general form.
    pub(super) fn filled(&self, blank: &dyn Fn(&str) -> Option<String>) -> Help {
        let named = |name: &str| blank(name).or_else(|| general(name).map(str::to_owned));
        let text = |text: &str| fill(text, named);
        self.help().map(text, text)
    }

    /// What to do if nothing is known about the version.
    pub fn help(&self) -> Help {
        match self {
            Self::Do(help) => help.clone(),
            Self::LookFirst(then) => Help {
                text: Cow::Owned(format!("check first; if the version is not there, {then}")),
                command: Some(NpmCommand::new(crate::finding::Verb::View, "{spec}")),
            },
        }
    }
}

/// A description with its remedies, as Markdown: `What to do:` and a list.
pub(crate) fn documentation(description: &str, remedies: &'static [Remedy]) -> String {
    let lines = description.trim_end().lines().map(str::trim_start);
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push_str("\n\nWhat to do:\n\n");
    let steps = |remedy: &Remedy| -> Vec<String> {
        let steps = remedy.steps.iter();
        steps
            .map(|step| step.filled(&|_| None).to_string())
            .collect()
    };
    let general = Remedy::general(remedies).map_or(Vec::new(), steps);
    for step in &general {
        text.push_str(&format!("- {step}\n"));
    }
    for remedy in remedies {
        let own = steps(remedy).into_iter();
        for step in own.filter(|step| !general.contains(step)) {
            if let Some(kind) = remedy.on {
                text.push_str(&format!("- {kind}: {step}\n"));
            }
        }
    }
    text
}

/// The value of a placeholder, from a package's facts.
pub(super) fn of_facts(facts: &Facts, name: &str) -> Option<String> {
    let plan = &facts.package;
    let registry = || plan.registry.as_ref().ok().map(|found| &found.value);
    let version = || plan.version.as_ref().ok();
    Some(match name {
        "package" => plan.name.as_str()?.to_owned(),
        "spec" => format!("{}@{}", plan.name.as_str()?, version()?),
        "scope" => format!("@{}", plan.name.scope()?),
        "line" => format!("release-{}.x", version()?.to_string().split('.').next()?),
        "registry" => registry()?.to_string(),
        "host" | "hostname" => registry()?.host().to_owned(),
        "key" => match &plan.credential.auth_check {
            AuthCheck::Passes { key } | AuthCheck::Fails { key, .. } => format!("{key}:"),
        },
        _ => return None,
    })
}

/// The text of a placeholder for which nothing is known.
pub(crate) fn general(name: &str) -> Option<&'static str> {
    Some(match name {
        "spec" => "PACKAGE@VERSION",
        "package" => "PACKAGE",
        "scope" => "@SCOPE",
        "registry" => "REGISTRY",
        "host" => "the registry",
        "hostname" => "HOST",
        "key" => "//HOST/:",
        "line" => "release-1.x",
        "prerelease" => "beta",
        "folder" => "dist",
        "repository" => "git+https://github.com/OWNER/REPOSITORY.git",
        "tool" => "the tool that publishes",
        _ => return None,
    })
}

/// Replaces each `{name}` that has a value, once: braces inside a value stay.
pub(crate) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after
            .split_once('}')
            .and_then(|(name, behind)| Some((value(name)?, behind)));
        if let Some((value, behind)) = named {
            filled.push_str(&value);
            rest = behind;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// Declares a [`Remedy`]:
///
/// ```text
/// why "…";                                   optional: otherwise the summary is used
/// look "run again";                          only if the version is not there
/// help "what to do";
/// help "what for" => Publish "--tag next";   an npm command, by its `Verb`
/// asks "is it …?" => Whoami "", "a shell command";
/// asks_presence "is it there?" => …          the same, not asked if that is known
/// ```
macro_rules! remedy {
    (@on) => { None };
    (@on $kind:ident) => { Some($crate::registry::kind::RegistryKind::$kind) };
    (@why) => { None };
    (@why $why:literal) => { Some($why) };
    (@help $text:expr) => { $crate::finding::Help::text($text) };
    (@help $text:expr, $verb:ident $args:literal) => {
        $crate::finding::Help::step($text, $crate::checks::remedy::remedy!(@npm $verb $args))
    };
    (@npm $verb:ident $args:literal) => {
        $crate::finding::NpmCommand::new($crate::finding::Verb::$verb, $args)
    };
    (@command $line:literal) => { $crate::checks::remedy::Command::Shell($line) };
    (@command $verb:ident $args:literal) => {
        $crate::checks::remedy::Command::Npm($crate::checks::remedy::remedy!(@npm $verb $args))
    };
    (
        on ($($kind:ident)?);
        $(why $why:literal;)?
        $(look $look:literal;)?
        $(help $text:expr $(=> $verb:ident $args:literal)?;)*
        $(asks $question:literal => $($($ask:ident)? $with:literal),+;)?
        $(asks_presence $whether:literal => $($($view:ident)? $what:literal),+;)?
    ) => {
        $crate::checks::remedy::Remedy {
            on: $crate::checks::remedy::remedy!(@on $($kind)?),
            why: $crate::checks::remedy::remedy!(@why $($why)?),
            steps: &[
                $($crate::checks::remedy::Step::LookFirst($look),)?
                $($crate::checks::remedy::Step::Do(
                    $crate::checks::remedy::remedy!(@help $text $(, $verb $args)?)
                )),*
            ],
            questions: &[
                $($crate::checks::remedy::Ask {
                    text: $question,
                    commands: &[$($crate::checks::remedy::remedy!(@command $($ask)? $with)),+],
                    is_of_presence: false,
                },)?
                $($crate::checks::remedy::Ask {
                    text: $whether,
                    commands: &[$($crate::checks::remedy::remedy!(@command $($view)? $what)),+],
                    is_of_presence: true,
                },)?
            ],
        }
    };
}
pub(crate) use remedy;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_filled_once_and_other_braces_stay() {
        let value = |name: &str| (name == "text").then(|| "a {text} of ${X}".to_owned());
        assert_eq!(fill("{text}, ${Y} {", value), "a {text} of ${X}, ${Y} {");
    }

    #[test]
    fn the_documentation_lists_the_steps_in_a_general_form() {
        static REMEDIES: &[Remedy] = &[
            remedy! { on (); look "run again"; help "log in" => Login "--at {registry}"; },
            remedy! { on (Verdaccio); help "ask {host}"; },
        ];
        assert_eq!(
            documentation(" It fails.\n", REMEDIES),
            "It fails.\n\nWhat to do:\n\n\
             - check first; if the version is not there, run again: npm view PACKAGE@VERSION\n\
             - log in: npm login --at REGISTRY\n- verdaccio: ask the registry\n"
        );
    }
}
