//! Causes of a publish itself: versions, size, statements, scripts, local files.

super::causes! {
    /// A publish can reach the registry although its answer is lost: npm tries
    /// again after a timeout or a 5xx, and the second attempt gets the answer that
    /// the version exists. A failing `publish` or `postpublish` script ends with an
    /// error, too, although the package is out.
    ///
    /// npm says: `E403` or `E409` about a version that was not there a minute ago, `E503`, a
    /// timeout, or the code of a script.
    id: "publish-already-accepted",
    summary: "npm reports an error, but the version is there with your bytes",
    remedy: {
        why "an earlier attempt may have got through: npm repeats a publish after a network error, and the registry may finish it later";
        help "do not raise the version yet; look first what is there" => View "{spec} dist.shasum";
        help "if it has your bytes, it is published and nothing is left to do";
        asks_presence "is {spec} there, with your bytes?" => View "{spec} dist.shasum gitHead";
    },

    /// The same statement was sent before, most often by an attempt whose answer was lost.
    ///
    /// npm says: `TLOG_CREATE_ENTRY_ERROR error creating tlog entry - (409)`.
    id: "provenance-log-conflict",
    summary: "the transparency log has the statement already",
    remedy: {
        why "the public transparency log has this very statement already: most often from an earlier attempt of the same publish";
        look "run again";
        asks_presence "is it there already?" => View "{spec} version";
    },

    /// npmjs reads the building repository, its ref and the workflow from the certificate. A job
    /// that is started in an unusual way (a tag that was deleted, a nested workflow, a runner of
    /// another kind) has an identity token without them.
    ///
    /// npm says: `E422 Error verifying sigstore provenance bundle: Missing SourceRepositoryRef`.
    id: "provenance-certificate-incomplete",
    summary: "the signing certificate lacks a claim that npmjs requires",
    remedy: {
        why "the signing certificate of this job lacks a claim that npmjs requires";
        help "start the job from a branch or a tag that exists (no re-run after the tag was deleted)";
        help "or publish without provenance" => NpmPublish "--provenance=false";
    },

    /// npm runs prepublishOnly, prepack, prepare and postpack before it sends anything, publish
    /// and postpublish afterwards. When one of them fails, npm stops; neither npm nor the registry
    /// is the cause.
    ///
    /// npm says: `code 1` with `command failed` and `command sh -c …`; `ELIFECYCLE` and `Failed at
    /// the … script` up to npm 6; pnpm: `ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL`; lerna: `lifecycle
    /// "prepublishOnly" errored`.
    id: "script-failed",
    summary: "a lifecycle script ended the run with an error",
    remedy: {
        why "the script {script} ended with an error{sent}; npm and the registry are not the cause";
        help "run the script by itself, correct what it complains about, and publish again";
        help "after `publish` or `postpublish` the package is out already: look first" => View "{spec}";
    },

    /// The disk is full, the folder belongs to somebody else, or another program holds the file.
    /// npm's own cache belongs to root after a `sudo npm`.
    ///
    /// npm says: `EACCES`, `EPERM`, `ENOSPC`, `EROFS`, with the path on a line of its own.
    id: "local-file-unwritable",
    summary: "npm could not read or write a local file",
    remedy: {
        why "npm could not read or write a file on this machine: {text}";
        help "give the path to the user who publishes, or make room";
        help "for npm's own cache: sudo chown -R $(id -u) ~/.npm; its folder" => Config "get cache";
        asks "whose is it, and is there room?" => "df -h .", "ls -ld . ~/.npm";
    },
}
