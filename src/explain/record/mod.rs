//! What a log tells of one failure, typed: who published, what was sent, what
//! was answered, and what was noticed around it. Rules look at nothing else.

mod boilerplate;
mod codes;
mod endpoint;
mod notices;
mod others;
mod package;
mod read;
mod reason;
mod relevance;
mod request;
mod script;
mod split;
mod tool;

pub(super) use codes::{is_code, text_of_code};
pub(super) use endpoint::Endpoint;
pub(super) use notices::Notice;
pub(super) use read::records;
pub(super) use reason::shorten;
pub(super) use relevance::{
    is_of_any_program, is_of_publishing, speaks_of_packages, succeeded_later,
};
pub(super) use script::Script;
pub(super) use tool::{NpmVersion, Tool};

use super::NpmError;
use super::text::Text;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;

/// Who failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Failed {
    /// Nobody, as far as the shape tells; a rule may know the very words.
    #[default]
    Nobody,
    /// npm, or a tool that publishes.
    Npm,
    /// Another program, whose words may be those of a rule.
    Another,
}

/// One failure.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Code, status, request, package and the stated sentence.
    pub(super) error: NpmError,
    /// Who failed, by the log's shape alone.
    pub(super) failed: Failed,
    /// What the request was about.
    pub(super) endpoint: Option<Endpoint>,
    /// The tool that published.
    pub(super) tool: Option<Tool>,
    /// Which npm it was.
    pub(super) npm: NpmVersion,
    /// What surrounds the failure.
    pub(super) notices: Vec<Notice>,
    /// The script that ended the run.
    pub(super) script: Option<Script>,
    /// Whether the server gave no reason.
    pub(super) is_bare: bool,
    /// The reason that was stated, comparable.
    pub(super) reason: Text,
    /// All that was said about the failure, without boilerplate, comparable.
    pub(super) said: Text,
    /// Whether the registry says that the version is not there, and was not
    /// published: what only facts tell.
    pub(super) is_absent: bool,
    /// The most informative line of the log, masked.
    pub(super) decisive: Option<String>,
}

impl Record {
    /// Whether something was noticed.
    pub(super) fn noticed(&self, notice: Notice) -> bool {
        self.notices.contains(&notice)
    }

    /// The HTTP method.
    pub(super) fn method(&self) -> Option<&str> {
        self.error.method.as_deref()
    }

    /// Whether it was about reading or installing.
    pub(super) fn is_read(&self) -> bool {
        match self.method() {
            Some("GET" | "HEAD") => true,
            Some(_) => false,
            None => self.noticed(Notice::Install) && !self.noticed(Notice::Publish),
        }
    }

    /// The kind of registry; npm's default where the log does not say.
    pub(super) fn kind(&self) -> RegistryKind {
        self.error.kind.unwrap_or_else(kinds::default_kind)
    }

    /// Whether this npm, or the tool that published, surely cannot exchange an
    /// identity token.
    pub(super) fn cannot_exchange(&self) -> bool {
        let by_itself = self.tool.is_some_and(Tool::exchanges_by_itself);
        !by_itself && !self.noticed(Notice::Exchange) && self.npm.is_below((11, 5, 1))
    }
}
