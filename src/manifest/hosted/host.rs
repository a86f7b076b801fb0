//! The hosts that hosted-git-info knows.

use url::Url;

/// A host of repositories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    GitHub,
    Bitbucket,
    GitLab,
    Gist,
    SourceHut,
}

/// The parts of a host's URL, still percent-encoded.
pub(super) struct Parts {
    pub(super) user: Option<String>,
    pub(super) project: String,
    pub(super) committish: Option<String>,
}

impl Host {
    pub(super) fn by_shortcut(scheme: &str) -> Option<Self> {
        Some(match scheme {
            "github" => Self::GitHub,
            "bitbucket" => Self::Bitbucket,
            "gitlab" => Self::GitLab,
            "gist" => Self::Gist,
            "sourcehut" => Self::SourceHut,
            _ => return None,
        })
    }

    pub(super) fn by_domain(domain: &str) -> Option<Self> {
        [
            Self::GitHub,
            Self::Bitbucket,
            Self::GitLab,
            Self::Gist,
            Self::SourceHut,
        ]
        .into_iter()
        .find(|host| host.domain() == domain)
    }

    pub(super) fn domain(self) -> &'static str {
        match self {
            Self::GitHub => "github.com",
            Self::Bitbucket => "bitbucket.org",
            Self::GitLab => "gitlab.com",
            Self::Gist => "gist.github.com",
            Self::SourceHut => "git.sr.ht",
        }
    }

    pub(super) fn protocols(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["git", "http", "git+ssh", "git+https", "ssh", "https"],
            Self::Bitbucket | Self::GitLab => &["git+ssh", "git+https", "ssh", "https"],
            Self::Gist => &["git", "git+ssh", "git+https", "ssh", "https"],
            Self::SourceHut => &["git+ssh", "https"],
        }
    }

    /// The host's `extract`.
    pub(super) fn extract(self, url: &Url) -> Option<Parts> {
        let path = url.path();
        let hash = url.fragment().unwrap_or_default().to_owned();
        if self == Self::GitLab {
            return extract_nested(path, hash);
        }
        let mut segments = path.split('/').skip(1).map(str::to_owned);
        let user = segments.next().filter(|user| !user.is_empty());
        let project = segments.next().filter(|project| !project.is_empty());
        let (kind, branch) = (segments.next(), segments.next());
        let kind = kind.as_deref().unwrap_or_default();
        let mut committish = Some(hash);
        match self {
            Self::GitHub if kind == "tree" => committish = branch,
            Self::GitHub if !kind.is_empty() => return None,
            Self::Bitbucket if kind == "get" => return None,
            Self::Gist if kind == "raw" => return None,
            Self::SourceHut if kind == "archive" => return None,
            _ => {}
        }
        let (user, project) = match (user, project) {
            (Some(user), None) if self == Self::Gist => (None, user),
            (user, Some(project)) if self == Self::Gist => (user, project),
            (Some(user), Some(project)) => (Some(user), project),
            _ => return None,
        };
        let project = project.strip_suffix(".git").unwrap_or(&project).to_owned();
        if project.is_empty() && self != Self::Gist {
            return None;
        }
        Some(Parts {
            user,
            project,
            committish,
        })
    }
}

/// GitLab's groups can be nested.
fn extract_nested(path: &str, hash: String) -> Option<Parts> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.contains("/-/") || path.contains("/archive.tar.gz") {
        return None;
    }
    let (user, project) = path.rsplit_once('/')?;
    let project = project.strip_suffix(".git").unwrap_or(project);
    (!user.is_empty() && !project.is_empty()).then(|| Parts {
        user: Some(user.to_owned()),
        project: project.to_owned(),
        committish: Some(hash),
    })
}

/// `decodeURIComponent`; `None` where it throws.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = tail;
            continue;
        }
        let digit = |at: usize| char::from(*tail.get(at)?).to_digit(16);
        bytes.push(u8::try_from(digit(0)? << 4 | digit(1)?).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}
