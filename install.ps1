# Installs a released safe-publish.exe for this user, from a checkout or by itself.
# It runs in Windows PowerShell 5.1 and in PowerShell 7.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Prefix DIR] [-Release VERSION] [-KeepPath] [-Uninstall]
#
# -KeepPath leaves the user's PATH alone. $env:SAFE_PUBLISH_DOWNLOAD names the folder
# on the web that holds the releases, for a mirror.
[CmdletBinding()]
param(
    [string] $Prefix = (Join-Path ([Environment]::GetFolderPath('LocalApplicationData')) 'Programs\safe-publish'),
    [string] $Release = '',
    [switch] $KeepPath,
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

# A relative folder would be another one in the next terminal's PATH.
$Prefix = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Prefix)
$folder = Join-Path $Prefix 'bin'
$target = Join-Path $folder 'safe-publish.exe'

# The user's PATH as it is stored, without that of the machine: [Environment] would
# replace the variables in it by their values for good.
$stored = 'HKCU:\Environment'
function Read-UserPath {
    $path = (Get-Item -LiteralPath $stored).GetValue('Path', '', 'DoNotExpandEnvironmentNames')
    @($path -split ';' | Where-Object { $_ -ne '' })
}
function Write-UserPath([string[]] $entries) {
    Set-ItemProperty -LiteralPath $stored -Name Path -Type ExpandString -Value ($entries -join ';')
    # Windows tells the programs that are open about a variable that is set this way.
    [Environment]::SetEnvironmentVariable('SAFE_PUBLISH_INSTALLED', [NullString]::Value, 'User')
}

if ($Uninstall) {
    if (Test-Path -LiteralPath $target) {
        try { Remove-Item -Force -LiteralPath $target }
        catch { Die "removing $target failed: $($_.Exception.Message)" 'end every safe-publish that runs' }
        Say "removed $target"
    } else {
        Say "nothing to remove: $target is not there"
    }
    $entries = @(Read-UserPath)
    if (-not $KeepPath -and $entries -contains $folder) {
        Write-UserPath @($entries | Where-Object { $_ -ne $folder })
    }
    exit 0
}

# A release carries its own version and address here; a checkout has them in Cargo.toml.
$version = '@VERSION@'
$repository = '@REPOSITORY@'
if ($version.StartsWith('@')) {
    if (-not $PSScriptRoot) { Die 'this script is not a file' 'save it beside Cargo.toml, or take the one of a release' }
    $manifest = Join-Path $PSScriptRoot 'Cargo.toml'
    if (-not (Test-Path -LiteralPath $manifest)) { Die 'there is no Cargo.toml beside this script' 'take the script from a release' }
    $text = Get-Content -Raw -LiteralPath $manifest
    $version = [regex]::Match($text, '(?m)^version = "(.*)"').Groups[1].Value
    $repository = [regex]::Match($text, '(?m)^repository = "(.*)"').Groups[1].Value
}
if ($Release -ne '') { $version = $Release -replace '^v', '' }

$base = $env:SAFE_PUBLISH_DOWNLOAD
if (-not $base) {
    if ($repository -like '*/OWNER/*') { Die 'there is no release yet' 'build it: cargo install --locked --path .' }
    $base = "$repository/releases/download"
}

# .NET Framework's own answer depends on its version. The second variable is there in a
# 32-bit PowerShell, and names the machine.
$machine = $env:PROCESSOR_ARCHITEW6432
if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
$triple = switch ($machine) {
    'AMD64' { 'x86_64-pc-windows-msvc' }
    'ARM64' { 'aarch64-pc-windows-msvc' }
    default { Die "no released binary for Windows on $machine" 'build it: cargo install --locked --path .' }
}

$archive = "safe-publish-$triple.zip"
$url = "$base/v$version/$archive"
$work = Join-Path ([IO.Path]::GetTempPath()) ([string] [Guid]::NewGuid())
New-Item -ItemType Directory -Path $work | Out-Null
try {
    Say "fetching $url"
    # Windows PowerShell on an older .NET offers TLS 1.0, which GitHub refuses.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    # Windows PowerShell draws its bar so often that it takes most of the time.
    $ProgressPreference = 'SilentlyContinue'
    try {
        Invoke-WebRequest -UseBasicParsing -Uri $url -OutFile (Join-Path $work $archive)
        Invoke-WebRequest -UseBasicParsing -Uri "$url.sha256" -OutFile (Join-Path $work 'sha256')
    } catch {
        Die "fetching $url and its .sha256 failed: $($_.Exception.Message)" 'check the version and SAFE_PUBLISH_DOWNLOAD'
    }
    $want = ("$(Get-Content -Raw -LiteralPath (Join-Path $work 'sha256'))".Trim() -split '\s+')[0]
    $sum = (Get-FileHash -Algorithm SHA256 -LiteralPath (Join-Path $work $archive)).Hash
    # -ne compares without case: the file has small letters, PowerShell large ones.
    if ($sum -ne $want) { Die "$archive has the wrong SHA-256: $sum instead of $want" 'nothing was installed' }
    Say "SHA-256 verified: $want"
    Expand-Archive -LiteralPath (Join-Path $work $archive) -DestinationPath (Join-Path $work 'unpacked')
    try {
        New-Item -ItemType Directory -Force -Path $folder | Out-Null
        Move-Item -Force -LiteralPath (Join-Path $work 'unpacked\safe-publish.exe') -Destination $target
    } catch {
        Die "writing $target failed: $($_.Exception.Message)" 'end every safe-publish that runs, or choose another folder: -Prefix DIR'
    }
} finally {
    Remove-Item -Recurse -Force -LiteralPath $work
}

try {
    $shown = & $target --version
    $runs = $LASTEXITCODE -eq 0
} catch {
    $runs = $false
}
if (-not $runs) { Die 'the binary does not run on this machine' 'build it: cargo install --locked --path .' }
Say "installed $shown as $target"
$entries = @(Read-UserPath)
if (-not $KeepPath -and $entries -notcontains $folder) {
    Write-UserPath ($entries + $folder)
    Say "added $folder to your PATH; open a new terminal"
}
Say 'for completions, add to your profile: safe-publish completions powershell | Out-String | Invoke-Expression'
