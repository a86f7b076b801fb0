//! `safe-publish`: parses the command line, runs a command, exits.

use std::io::IsTerminal as _;

use safe_publish::cli::push::{self, NewTag};
use safe_publish::cli::{Color, Command, Format, HookCommand, Invocation, Stop};
use safe_publish::environment::Environment;
use safe_publish::error::exit_code;
use safe_publish::escape::visible;
use safe_publish::output::Output;
use safe_publish::secret::{Scrubber, mask_known_shapes};

fn main() {
    // As the helper of a rehearsal's fence, this process becomes another program.
    if let Some(code) = safe_publish::rehearsal::enter_fence() {
        std::process::exit(code);
    }
    let code = match real_main() {
        Ok(code) => code,
        Err(text) => {
            use std::io::Write as _;
            let text = visible(&mask_known_shapes(&text), false).into_owned();
            let _ = writeln!(std::io::stderr(), "{text}");
            i32::from(exit_code::COULD_NOT_WORK)
        }
    };
    // `std::process::exit` accepts every code that npm may end with; ExitCode would truncate it
    // to a byte on Windows.
    std::process::exit(code)
}

fn real_main() -> Result<i32, String> {
    let parsed = Invocation::parse(std::env::args_os().skip(1));
    let parsed = match parsed {
        Ok(mut invocation)
            if matches!(invocation.command, Command::Hook(HookCommand::Run { .. })) =>
        {
            invocation.pushed = pushed()?;
            // Most pushes are not a release, which is decided before anything is read.
            if invocation.pushed.is_empty() {
                return Ok(i32::from(exit_code::READY));
            }
            Ok(invocation)
        }
        other => other,
    };
    let environment = Environment::of_this_process().map_err(|error| {
        format!("error: finding the working folder: {error}\nhelp: cd to a folder that exists")
    })?;
    let invocation = match parsed {
        Ok(invocation) => invocation,
        Err(stop) => return Ok(say(&stop, &environment)),
    };
    let mut output = Output::new(invocation.options.color, &environment);
    output.add_secrets(&Scrubber::of_arguments(std::env::args_os().skip(1)));
    if invocation.options.format == Some(Format::Github) {
        output.fence();
    }
    let code = run(&invocation, &environment, &mut output)?;
    // npm's success stays a success, even if our output cannot be written.
    let ours = !matches!(
        invocation.command,
        Command::Publish | Command::Release { .. }
    );
    match output.write_error().filter(|_| ours && code == 0) {
        Some(reason) => Err(format!(
            "error: writing to standard output: {reason}\nhelp: free some space, or write it \
             elsewhere"
        )),
        None => Ok(code),
    }
}

/// Runs the command on a new runtime, and returns its exit code.
fn run(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            format!("error: starting the runtime: {error}\nhelp: check the limits on open files")
        })?;
    let outcome = runtime.block_on(safe_publish::commands::run(invocation, environment, output));
    // A name that is still being resolved must not keep the process alive.
    runtime.shutdown_background();
    Ok(outcome.unwrap_or_else(|error| {
        let code = error.exit_code();
        output.error(error);
        i32::from(code)
    }))
}

/// What git passes to a hook on standard input.
fn pushed() -> Result<Vec<NewTag>, String> {
    let input = std::io::stdin();
    let next = "git starts this itself: safe-publish hook install";
    if input.is_terminal() {
        return Err(format!(
            "error: reading what is pushed: standard input is a terminal\nhelp: {next}"
        ));
    }
    push::read(input)
        .map_err(|error| format!("error: reading what is pushed: {error}\nhelp: {next}"))
}

/// Help on standard output, errors on standard error.
fn say(stop: &Stop, environment: &Environment) -> i32 {
    let mut output = Output::new(Color::Auto, environment);
    output.add_secrets(&Scrubber::of_arguments(std::env::args_os().skip(1)));
    match stop {
        Stop::Print(text) => {
            output.out(text);
            i32::from(exit_code::READY)
        }
        Stop::Wrong(text) => {
            output.err(&format!("{}\n", text.trim_end()));
            i32::from(exit_code::WRONG_USAGE)
        }
    }
}
