# Installs a released safe-publish.exe for this user, from a checkout or by itself.
#
#   ./install.ps1 [-Prefix DIR] [-Release VERSION] [-Uninstall]
#
# $env:SAFE_PUBLISH_DOWNLOAD names the folder on the web that holds the releases,
# for a mirror.
[CmdletBinding()]
param(
    [string] $Prefix = (Join-Path $env:LOCALAPPDATA 'Programs\safe-publish'),
    [string] $Release = '',
    [switch] $Uninstall
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Say([string] $text) { Write-Output "install.ps1: $text" }
function Die([string] $what, [string] $next) {
    [Console]::Error.WriteLine("install.ps1: error: $what")
    [Console]::Error.WriteLine("install.ps1: help: $next")
    exit 1
}

$target = Join-Path $Prefix 'bin\safe-publish.exe'
$folder = Split-Path $target

# The user's PATH as it is stored, without that of the machine.
function Get-UserPath { [Environment]::GetEnvironmentVariable('Path', 'User') }
function Set-UserPath([string[]] $entries) {
    [Environment]::SetEnvironmentVariable('Path', ($entries -join ';'), 'User')
}
$entries = @("$(Get-UserPath)" -split ';' | Where-Object { $_ -ne '' })

if ($Uninstall) {
    if (Test-Path $target) {
        Remove-Item -Force $target
        Say "removed $target"
    } else {
        Say "nothing to remove: $target is not there"
    }
    if ($entries -contains $folder) { Set-UserPath @($entries | Where-Object { $_ -ne $folder }) }
    exit 0
}

# A release carries its own version and address here; a checkout has them in Cargo.toml.
$version = '@VERSION@'
$repository = '@REPOSITORY@'
if ($version.StartsWith('@')) {
    $manifest = Join-Path $PSScriptRoot 'Cargo.toml'
    if (-not (Test-Path $manifest)) { Die 'there is no Cargo.toml beside this script' 'take the script from a release' }
    $text = Get-Content -Raw $manifest
    $version = [regex]::Match($text, '(?m)^version = "(.*)"').Groups[1].Value
    $repository = [regex]::Match($text, '(?m)^repository = "(.*)"').Groups[1].Value
}
if ($Release -ne '') { $version = $Release -replace '^v', '' }

$base = $env:SAFE_PUBLISH_DOWNLOAD
if (-not $base) {
    if ($repository -like '*/OWNER/*') { Die 'there is no release yet' 'build it: cargo install --locked --path .' }
    $base = "$repository/releases/download"
}

$machine = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture
$triple = switch ("$machine") {
    'X64' { 'x86_64-pc-windows-msvc' }
    'Arm64' { 'aarch64-pc-windows-msvc' }
    default { Die "no released binary for Windows on $machine" 'build it: cargo install --locked --path .' }
}

$archive = "safe-publish-$triple.zip"
$url = "$base/v$version/$archive"
$work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
New-Item -ItemType Directory $work | Out-Null
try {
    Say "fetching $url"
    # Windows PowerShell draws its bar so often that it takes most of the time.
    $ProgressPreference = 'SilentlyContinue'
    try {
        Invoke-WebRequest -UseBasicParsing $url -OutFile (Join-Path $work $archive)
        Invoke-WebRequest -UseBasicParsing "$url.sha256" -OutFile (Join-Path $work 'sha256')
    } catch {
        Die "fetching $url and its .sha256 failed: $($_.Exception.Message)" 'check the version and SAFE_PUBLISH_DOWNLOAD'
    }
    $want = (("$(Get-Content -Raw (Join-Path $work 'sha256'))".Trim()) -split '\s+')[0]
    $sum = (Get-FileHash -Algorithm SHA256 (Join-Path $work $archive)).Hash
    # -ne compares without case: the file has small letters, PowerShell large ones.
    if ($sum -ne $want) { Die "$archive has the wrong SHA-256: $sum instead of $want" 'nothing was installed' }
    Say "SHA-256 verified: $want"
    Expand-Archive (Join-Path $work $archive) (Join-Path $work 'unpacked')
    New-Item -ItemType Directory -Force $folder | Out-Null
    Move-Item -Force (Join-Path $work 'unpacked\safe-publish.exe') $target
} finally {
    Remove-Item -Recurse -Force $work
}

$shown = & $target --version
if ($LASTEXITCODE -ne 0) { Die 'the binary does not run on this machine' 'build it: cargo install --locked --path .' }
Say "installed $shown as $target"
if ($entries -notcontains $folder) {
    Set-UserPath ($entries + $folder)
    Say "added $folder to your PATH; open a new terminal"
}
Say "for completions, add to your profile: safe-publish completions powershell | Out-String | Invoke-Expression"
