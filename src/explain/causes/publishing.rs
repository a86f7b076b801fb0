//! Causes in the publish itself: versions, size, statements, scripts, local files.

super::causes! {
    /// A publish can succeed although its answer is lost: npm tries again after a timeout or a
    /// 5xx, and the second attempt is told that the version exists. A failing `publish` or
    /// `postpublish` script also ends with an error although the package is published.
    ///
    /// npm says: `E403` or `E409` about a version that did not exist a minute ago, `E503`, a
    /// timeout, or the code of a script.
    id: "publish-already-accepted",
    summary: "npm reports an error, but the version is published with your bytes",
    remedy: {
        why "an earlier attempt may have succeeded: npm repeats a publish after a network error, \
            and the registry may complete it later";
        help "do not raise the version yet; first look at what is published" => View "{spec} dist.shasum";
        help "if it has your bytes, it is published and there is nothing left to do";
        asks_presence "is {spec} published, with your bytes?" => View "{spec} dist.shasum gitHead";
    },

    /// The same statement was sent before, usually by an attempt whose answer was lost.
    ///
    /// npm says: `TLOG_CREATE_ENTRY_ERROR error creating tlog entry - (409)`.
    id: "provenance-log-conflict",
    summary: "the transparency log already has the statement",
    remedy: {
        why "the public transparency log already has this statement, usually from an earlier \
            attempt of the same publish";
        look "run the publish again";
        asks_presence "is it published already?" => View "{spec} version";
    },

    /// npmjs reads the building repository, its ref and the workflow from the certificate. The
    /// identity token lacks these claims if the job was started in an unusual way: from a
    /// deleted tag, a nested workflow, or another kind of runner.
    ///
    /// npm says: `E422 Error verifying sigstore provenance bundle: Missing
    /// SourceRepositoryRef`.
    id: "provenance-certificate-incomplete",
    summary: "the signing certificate lacks a claim that npmjs requires",
    remedy: {
        why "this job's signing certificate lacks a claim that npmjs requires";
        help "start the job from a branch or tag that exists (do not re-run it after the tag was \
            deleted)";
        help "or publish without provenance" => NpmPublish "--provenance=false";
    },

    /// npm runs prepublishOnly, prepack, prepare and postpack before it sends anything, and
    /// publish and postpublish afterwards. If one of them fails, npm stops; neither npm nor the
    /// registry is the cause.
    ///
    /// npm says: `code 1` with `command failed` and `command sh -c …`; `ELIFECYCLE` and `Failed
    /// at the … script` up to npm 6; pnpm: `ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL`; lerna:
    /// `lifecycle "prepublishOnly" errored`.
    id: "script-failed",
    summary: "a lifecycle script failed and ended the run",
    remedy: {
        why "the script {script} failed{sent}; npm and the registry are not the cause";
        help "run the script by itself, fix what it complains about, and publish again";
        asks_presence "if it was `publish` or `postpublish`, the package is published: is it \
            there?" => View "{spec}";
    },

    /// The disk is full, another user owns the folder, or another program has locked the file.
    /// After a `sudo npm`, root owns npm's cache.
    ///
    /// npm says: `EACCES`, `EPERM`, `ENOSPC`, `EROFS`, with the path on a separate line.
    id: "local-file-unwritable",
    summary: "npm could not read or write a local file",
    remedy: {
        why "npm could not read or write a file on this machine: {text}";
        help "give the user who publishes access to the path, or free disk space";
        help "for npm's own cache: sudo chown -R $(id -u) ~/.npm; its folder" => Config "get cache";
        asks "who owns it, and is there disk space?" => "df -h .", "ls -ld . ~/.npm";
    },
}
