//! hosted-git-info 9: which texts name a repository on a known host, and how npm writes its
//! URL.

mod host;

use url::Url;

use host::{Host, decode};

/// A repository on a host that npm knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hosted {
    host: Host,
    user: Option<String>,
    auth: Option<String>,
    project: String,
    committish: Option<String>,
    written: UrlForm,
}

/// How the text was written, which decides how npm writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UrlForm {
    /// `github:owner/name`, `owner/name`.
    Shortcut,
    SshUrl,
    Https,
    Http,
    Git,
}

impl Hosted {
    /// `hostedGitInfo.fromUrl`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let text = if is_github_shorthand(text) {
            format!("github:{text}")
        } else {
            text.to_owned()
        };
        let text = with_protocol(&text);
        let url = Url::parse(&text)
            .or_else(|_| Url::parse(&with_path(&text)))
            .ok()?;
        match Host::by_shortcut(url.scheme()) {
            Some(host) => Self::from_shortcut(host, &url),
            None => Self::from_address(&url),
        }
    }

    fn from_shortcut(host: Host, url: &Url) -> Option<Self> {
        let path = url.path();
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.split_once('@').map_or(path, |(_, path)| path);
        let (user, project) = match path.rsplit_once('/') {
            Some((user, project)) => (Some(decode(user)?), decode(project)?),
            None => (None, decode(path)?),
        };
        Some(Self {
            host,
            user: user.filter(|user| !user.is_empty()),
            auth: None,
            project: project.strip_suffix(".git").unwrap_or(&project).to_owned(),
            committish: url
                .fragment()
                .filter(|hash| !hash.is_empty())
                .map_or(Some(None), |hash| decode(hash).map(Some))?,
            written: UrlForm::Shortcut,
        })
    }

    fn from_address(url: &Url) -> Option<Self> {
        let name = url.host_str()?;
        let host = Host::by_domain(name.strip_prefix("www.").unwrap_or(name))?;
        if !host.protocols().contains(&url.scheme()) {
            return None;
        }
        let parts = host.extract(url)?;
        let auth = match (url.username(), url.password()) {
            ("", None) => None,
            (user, None) => Some(user.to_owned()),
            (user, Some(password)) => Some(format!("{user}:{password}")),
        };
        Some(Self {
            host,
            user: parts
                .user
                .as_deref()
                .map(decode)
                .map_or(Some(None), |user| user.map(Some))?,
            auth,
            project: decode(&parts.project)?,
            // `decodeURIComponent(undefined)` is a string, which becomes a branch.
            committish: Some(match parts.committish {
                Some(committish) => decode(&committish)?,
                None => "undefined".to_owned(),
            }),
            written: match url.scheme() {
                "git+ssh" | "ssh" => UrlForm::SshUrl,
                "git+https" | "https" => UrlForm::Https,
                "git" => UrlForm::Git,
                _ => UrlForm::Http,
            },
        })
    }

    /// Whether it was written as `owner/name` or `github:owner/name`.
    pub(crate) fn is_github_shortcut(&self) -> bool {
        self.host == Host::GitHub && self.written == UrlForm::Shortcut
    }

    /// What follows the `#`.
    pub(crate) fn committish(&self) -> &str {
        self.committish.as_deref().unwrap_or_default()
    }

    /// The URL as npm writes it into a published manifest.
    pub(crate) fn normalized(&self) -> String {
        match self.written {
            UrlForm::Shortcut | UrlForm::Https => self.https(),
            UrlForm::Git => self.git(),
            UrlForm::SshUrl | UrlForm::Http => self.ssh(),
        }
    }

    fn hash(&self) -> String {
        match self.committish.as_deref() {
            None | Some("") => String::new(),
            Some(committish) => format!("#{committish}"),
        }
    }

    /// `owner/name`, or only the name on gist.
    fn path(&self) -> String {
        if self.host == Host::Gist {
            return self.project.clone();
        }
        let user = self.user.as_deref().unwrap_or("null");
        format!("{user}/{}", self.project)
    }

    fn authority(&self) -> String {
        match self.auth.as_deref() {
            None | Some("") => self.host.domain().to_owned(),
            Some(auth) => format!("{auth}@{}", self.host.domain()),
        }
    }

    fn https(&self) -> String {
        let (path, hash) = (self.path(), self.hash());
        match self.host {
            Host::SourceHut => format!("https://{}/{path}{hash}", self.host.domain()),
            Host::Gist => format!("git+https://{}/{path}.git{hash}", self.host.domain()),
            _ => format!("git+https://{}/{path}.git{hash}", self.authority()),
        }
    }

    fn git(&self) -> String {
        format!(
            "git://{}/{}.git{}",
            self.authority(),
            self.path(),
            self.hash()
        )
    }

    fn ssh(&self) -> String {
        let domain = self.host.domain();
        format!("git+ssh://git@{domain}/{}.git{}", self.path(), self.hash())
    }
}

/// `owner/name`, with nothing unusual before a `#`.
fn is_github_shorthand(text: &str) -> bool {
    let (head, hashed) = match text.split_once('#') {
        Some((head, _)) => (head, true),
        None => (text, false),
    };
    let slash = text.find('/');
    let slashes = head.matches('/').count();
    let one_slash = slash.is_some_and(|at| at > 0) && (slashes == 1 || (slashes == 0 && hashed));
    one_slash
        && !head.contains(super::js::is_space)
        && !head.contains(['@', ':'])
        && !head.ends_with('/')
        && !text.starts_with('.')
}

/// `correctProtocol`: puts the `//` after a first colon that lacks it.
fn with_protocol(text: &str) -> String {
    let Some(colon) = text.find(':') else {
        return match text.find('@') {
            Some(_) => format!("git+ssh://{text}"),
            None => format!("//{text}"),
        };
    };
    let known = [
        "git+ssh",
        "ssh",
        "git+https",
        "git",
        "http",
        "https",
        "git+http",
        "github",
        "bitbucket",
        "gitlab",
        "gist",
        "sourcehut",
    ];
    if known.contains(&&text[..colon]) || text[colon..].starts_with("://") {
        return text.to_owned();
    }
    match text.find('@') {
        Some(at) if at > colon => format!("git+ssh://{text}"),
        Some(_) => text.to_owned(),
        None => format!("{}//{}", &text[..=colon], &text[colon + 1..]),
    }
}

/// `correctUrl`: `git@host:owner/name` becomes a URL with a path.
fn with_path(text: &str) -> String {
    let last = |text: &str, c: char| {
        let end = text
            .find('#')
            .map_or(text.len(), |hash| (hash + 1).min(text.len()));
        text[..end].rfind(c)
    };
    let mut text = text.to_owned();
    if let Some(colon) = last(&text, ':')
        && last(&text, '@').is_none_or(|at| colon > at)
    {
        text.replace_range(colon..=colon, "/");
    }
    if last(&text, ':').is_none() && !text.contains("//") {
        text = format!("git+ssh://{text}");
    }
    text
}
