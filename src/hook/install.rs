//! Installs the hook and removes it. The previous hook is kept, and restored byte for byte.

use std::fs;
use std::io;
use std::path::Path;

use super::place::{HOOK, HookFolder, Kind};
use super::script::{self, BEFORE, Call};
use crate::error::Error;
use crate::file;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallResult {
    /// A hook was written where there was none.
    Written,
    /// A hook existed; ours calls it first.
    Around,
    /// Ours was inserted into an existing hook.
    Inside,
    /// Ours existed, and was updated to the present text.
    Renewed,
    /// Ours was already there.
    Nothing,
    /// Ours was removed; the previous hook is restored.
    Restored,
    /// Ours was removed from a file to which others have since added lines.
    Kept,
    /// Ours was removed; there was no previous hook.
    Removed,
}

/// Writes the hook.
///
/// # Errors
/// When a file cannot be written, or it is not clear which hook is whose.
pub fn install(place: &HookFolder, call: Call<'_>) -> Result<InstallResult, Error> {
    let hook = place.hook();
    let doing = || format!("writing {}", hook.display());
    let next = "check that you can write there, and look into the folder";
    if file::read(&hook, file::limit::SMALL).is_ok_and(|text| script::is_lefthooks(&text)) {
        return Err(Error::new(doing(), "lefthook writes that file again whenever lefthook.yml changes")
            .next("name a script in lefthook.yml that runs `safe-publish hook run \"$@\"`, with use_stdin: true; the README has the lines"));
    }
    let done = put(place, call).map_err(|error| Error::new(doing(), error).next(next))?;
    done.ok_or_else(|| {
        Error::new(
            doing(),
            format!("{BEFORE} is next to it, from an earlier installation, and the hook itself is no longer ours"),
        )
        .next("look at both, and remove or rename the one that you do not want")
    })
}

/// `None` if a hook exists and another one is already kept.
fn put(place: &HookFolder, call: Call<'_>) -> io::Result<Option<InstallResult>> {
    let hook = place.hook();
    let before = place.folder.join(BEFORE);
    fs::create_dir_all(&place.folder)?;
    let Some(about) = there(&hook)? else {
        write(&hook, &script::file(call), true)?;
        return Ok(Some(InstallResult::Written));
    };
    let text = file::read(&hook, file::limit::SMALL)?;
    let keeps_another = there(&before)?.is_some();
    if let Some(renewed) = script::renewed(&text, call, keeps_another) {
        if renewed == text {
            return Ok(Some(InstallResult::Nothing));
        }
        write(&hook, &renewed, false)?;
        return Ok(Some(InstallResult::Renewed));
    }
    let stays = place.kind == Kind::Husky || script::knows_its_place(&text);
    if stays
        && !about.is_symlink()
        && let Some(text) = script::inserted(&text, call)
    {
        write(&hook, &text, false)?;
        return Ok(Some(InstallResult::Inside));
    }
    if keeps_another {
        return Ok(None);
    }
    fs::rename(&hook, &before)?;
    if let Err(error) = write(&hook, &script::file(call), true) {
        let _ = fs::rename(&before, &hook);
        return Err(error);
    }
    Ok(Some(InstallResult::Around))
}

/// Removes the hook.
///
/// # Errors
/// When a file cannot be written, or something would be lost.
pub fn uninstall(place: &HookFolder) -> Result<InstallResult, Error> {
    let hook = place.hook();
    let doing = || format!("removing the hook from {}", hook.display());
    let done = take_out(place)
        .map_err(|error| Error::new(doing(), error).next("check that you can write there"))?;
    done.ok_or_else(|| {
        let before = place.folder.join(BEFORE);
        Error::new(
            doing(),
            format!(
                "it has lines that are not ours, and the previous hook is kept as {}",
                before.display()
            ),
        )
        .next(format!(
            "move the lines that you want to keep from {HOOK} to {BEFORE}, then run \
            `safe-publish hook uninstall` again; or, if you do not want that file, remove it \
            first"
        ))
    })
}

/// `None` if lines were added to ours and another hook is kept: how the two belong together is
/// not known.
fn take_out(place: &HookFolder) -> io::Result<Option<InstallResult>> {
    let hook = place.hook();
    if there(&hook)?.is_none() {
        return Ok(Some(InstallResult::Nothing));
    }
    let text = file::read(&hook, file::limit::SMALL)?;
    let Some(rest) = script::without(&text) else {
        return Ok(Some(InstallResult::Nothing));
    };
    let before = place.folder.join(BEFORE);
    let keeps_another = there(&before)?.is_some();
    let was_ours = script::calls_before(&text);
    if script::is_all_of(&text) || (was_ours && script::is_empty(&rest)) {
        if keeps_another {
            fs::rename(&before, &hook)?;
            return Ok(Some(InstallResult::Restored));
        }
        fs::remove_file(&hook)?;
        return Ok(Some(InstallResult::Removed));
    }
    if keeps_another {
        return Ok(None);
    }
    write(&hook, &rest, false)?;
    Ok(Some(if was_ours {
        InstallResult::Kept
    } else {
        InstallResult::Restored
    }))
}

/// What exists there; a link is returned as a link.
fn there(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(about) => Ok(Some(about)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file atomically: a push that runs meanwhile sees the old one or the new one. An
/// existing file keeps its mode.
fn write(path: &Path, text: &[u8], fresh: bool) -> io::Result<()> {
    use std::io::Write as _;

    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".safe-publish-")
        .tempfile_in(folder)?;
    file.write_all(text)?;
    let mode = if fresh {
        executable()
    } else {
        Some(fs::metadata(path)?.permissions())
    };
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    // Through a link, to the file itself.
    let to = dunce::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    file.persist(to).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn executable() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable() -> Option<fs::Permissions> {
    None
}
