//! Remedies as data: a sentence, an npm command, or both. They become text only in the report.

use std::borrow::Cow;
use std::fmt;

use super::command::{CommandContext, NpmCommand};

/// One way to fix a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do, or what the command is for. Empty if the command needs no explanation.
    pub text: Cow<'static, str>,
    /// The command that does it.
    pub command: Option<NpmCommand>,
}

impl Help {
    /// A step described in words.
    pub const fn text(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            command: None,
        }
    }

    /// A command that needs no explanation.
    pub const fn run(command: NpmCommand) -> Self {
        Self {
            text: Cow::Borrowed(""),
            command: Some(command),
        }
    }

    /// A command, and what it is for.
    pub const fn step(text: &'static str, command: NpmCommand) -> Self {
        Self {
            text: Cow::Borrowed(text),
            command: Some(command),
        }
    }

    /// Adapts the command to a package.
    pub fn fit(&mut self, context: &CommandContext) {
        if let Some(command) = &mut self.command {
            command.fit(context);
        }
    }

    /// Rewrites it: `text` the sentence, `args` the command's arguments and folder.
    #[must_use]
    pub fn map(&self, text: impl Fn(&str) -> String, args: impl Fn(&str) -> String) -> Self {
        Self {
            text: Cow::Owned(text(&self.text)),
            command: self.command.as_ref().map(|command| command.map(args)),
        }
    }
}

impl From<&'static str> for Help {
    fn from(text: &'static str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Help {
    fn from(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            command: None,
        }
    }
}

impl From<NpmCommand> for Help {
    fn from(command: NpmCommand) -> Self {
        Self::run(command)
    }
}

/// `text`, `npm …`, or `text: npm …`.
impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            None => f.write_str(&self.text),
            Some(command) if self.text.is_empty() => command.fmt(f),
            Some(command) => write!(f, "{}: {command}", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_its_text_and_its_command() {
        let command = || NpmCommand::pkg_set("license", "MIT");
        assert_eq!(Help::text("choose a name").to_string(), "choose a name");
        assert_eq!(Help::run(command()).to_string(), "npm pkg set license=MIT");
        let step = Help::step("or say so", command());
        assert_eq!(step.to_string(), "or say so: npm pkg set license=MIT");
    }
}
