//! What a log states about one failure, typed: who published, what was sent, what was answered,
//! and what was noticed around it. Rules use nothing else.

mod answers;
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

pub use codes::{is_code, text_of_code};
pub(super) use endpoint::Endpoint;
pub(super) use notices::Notice;
pub(super) use read::records;
pub(super) use reason::shorten;
pub(super) use relevance::{
    is_of_any_program, is_of_publishing, speaks_of_packages, succeeded_later,
};
pub(super) use script::{Script, Stage};
pub(super) use tool::{NpmVersion, Tool};

use super::NpmError;
use super::text::Text;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;
use crate::registry::url::RegistryUrl;
use std::net::{IpAddr, SocketAddr};

/// Which program failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Failed {
    /// Not known from the form of the log; a rule may recognise the text.
    #[default]
    Nobody,
    /// npm, or a tool that publishes.
    Npm,
    /// Another program, whose text may look like a rule's.
    Another,
}

/// One failure.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Code, status, request, package and the reason.
    pub(super) error: NpmError,
    /// Which program failed, judged only by the form of the log.
    pub(super) failed: Failed,
    /// What the request was about.
    pub(super) endpoint: Option<Endpoint>,
    /// The tool that published.
    pub(super) tool: Option<Tool>,
    /// The version of npm.
    pub(super) npm: NpmVersion,
    /// What surrounds the failure.
    pub(super) notices: Vec<Notice>,
    /// The script that ended the run.
    pub(super) script: Option<Script>,
    /// The folder that npm took for something on the network, if the log names it.
    pub(super) folder: Option<String>,
    /// Words of the command line that npm did not understand, as its warnings name them.
    pub(super) flags: Vec<String>,
    /// Whether the server gave no reason.
    pub(super) is_bare: bool,
    /// The stated reason, in comparable form.
    pub(super) reason: Text,
    /// Everything said about the failure, without standard text, in comparable form.
    pub(super) said: Text,
    /// Whether the registry answers that the version does not exist and was not published; only
    /// facts tell this.
    pub(super) is_absent: bool,
    /// The most informative line of the log, masked.
    pub(super) decisive: Option<String>,
}

impl Record {
    /// Whether something was noticed.
    pub(super) fn noticed(&self, notice: Notice) -> bool {
        self.notices.contains(&notice)
    }

    /// Whether a server, or the tool that published, refused in words of its own.
    pub(super) fn states_a_reason(&self) -> bool {
        let code = self.error.code.as_deref();
        let by_a_tool = || self.failed == Failed::Npm && !code.is_some_and(codes::is_local);
        (self.error.status.is_some() || by_a_tool()) && !self.is_bare && !self.is_silent()
    }

    /// Whether a server answered; yarn 1 shows its words without the status.
    pub(super) fn is_answered(&self) -> bool {
        let error = &self.error;
        let is_worded = self.tool == Some(Tool::YarnClassic) && error.code.is_none();
        error.status.is_some() || (is_worded && error.url.is_some())
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

    /// Whether a publish runs the script that failed. One without a name may be any.
    pub(super) fn script_is_of_a_publish(&self) -> bool {
        self.script.as_ref().is_some_and(|script| {
            let may_be = script.name.is_none() || self.noticed(Notice::Publish);
            script.is_of_a_publish() || (may_be && !self.is_read())
        })
    }

    /// Whether npm connected to an address that cannot be the registry's, so a proxy's: one of
    /// this machine's for another name, or one of a private network for a public registry.
    pub(super) fn connected_elsewhere(&self) -> bool {
        let words = self.error.text.split_once("connect E");
        let address =
            words.and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<SocketAddr>().ok());
        let url = self.error.url.as_deref().and_then(RegistryUrl::parse);
        let (Some(address), Some(url)) = (address, url) else {
            return false;
        };
        let is_private = matches!(address.ip(), IpAddr::V4(ip) if ip.is_private());
        let is_public = kinds::traits(self.kind()).default_url;
        let is_public = is_public.is_some_and(|of| of.contains(url.host()));
        let is_a_name = url.url().domain().is_some();
        is_a_name && !url.is_loopback() && (address.ip().is_loopback() || (is_private && is_public))
    }

    /// Whether a script failed at this stage of a publish.
    pub(super) fn failed_in(&self, stage: Stage) -> bool {
        let script = self.script.as_ref();
        script.is_some_and(|script| script.stage == stage)
    }

    /// The kind of registry; npm's default if the log does not tell.
    pub(super) fn kind(&self) -> RegistryKind {
        self.error.kind.unwrap_or_else(kinds::default_kind)
    }

    /// Whether this npm, or the tool that published, certainly cannot exchange an identity
    /// token.
    pub(super) fn cannot_exchange(&self) -> bool {
        let by_itself = self.tool.is_some_and(Tool::exchanges_by_itself);
        !by_itself && !self.noticed(Notice::Exchange) && self.npm.is_proven_below((11, 5, 1))
    }
}
