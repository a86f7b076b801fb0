class SafePublish < Formula
  desc "@DESCRIPTION@"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@URL_DARWIN_ARM64@"
      sha256 "@SHA256_DARWIN_ARM64@"
    end
    on_intel do
      url "@URL_DARWIN_X64@"
      sha256 "@SHA256_DARWIN_X64@"
    end
  end

  on_linux do
    on_arm do
      url "@URL_LINUX_ARM64_MUSL@"
      sha256 "@SHA256_LINUX_ARM64_MUSL@"
    end
    on_intel do
      url "@URL_LINUX_X64_MUSL@"
      sha256 "@SHA256_LINUX_X64_MUSL@"
    end
  end

  def install
    bin.install "safe-publish"
    man1.install "man/safe-publish.1"
    bash_completion.install "completions/safe-publish.bash" => "safe-publish"
    zsh_completion.install "completions/_safe-publish"
    fish_completion.install "completions/safe-publish.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/safe-publish --version")
    assert_match "version-taken", shell_output("#{bin}/safe-publish explain version-taken")
  end
end
