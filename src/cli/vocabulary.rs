//! The names of our commands and options, for comparing arguments with them.

use clap::Command;

use super::definition;

/// One of our own options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOption {
    /// With its hyphens: `--serve`.
    pub name: String,
    /// The commands that take it, such as `rehearse`; empty if every command or the wrapper
    /// itself takes it.
    pub commands: Vec<String>,
}

/// Our own options, each once.
pub fn own_options() -> Vec<OwnOption> {
    let root = definition::command();
    let mut options: Vec<OwnOption> = long_names(&root)
        .map(|name| OwnOption {
            name,
            commands: Vec::new(),
        })
        .collect();
    collect(&root, "", &mut options);
    options
}

fn collect(parent: &Command, path: &str, options: &mut Vec<OwnOption>) {
    for command in parent.get_subcommands() {
        let path = format!("{path} {}", command.get_name())
            .trim_start()
            .to_owned();
        for name in long_names(command) {
            match options.iter_mut().find(|option| option.name == name) {
                // Common to all.
                Some(known) if known.commands.is_empty() => {}
                Some(known) => known.commands.push(path.clone()),
                None => options.push(OwnOption {
                    name,
                    commands: vec![path.clone()],
                }),
            }
        }
        collect(command, &path, options);
    }
}

fn long_names(command: &Command) -> impl Iterator<Item = String> {
    let longs = command.get_arguments().filter_map(clap::Arg::get_long);
    longs.map(|long| format!("--{long}"))
}

/// The names of our own commands.
pub fn command_names() -> Vec<String> {
    let root = definition::command();
    let names = root.get_subcommands().map(Command::get_name);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_is_listed_once_with_the_commands_that_take_it() {
        let options = own_options();
        let serve = options.iter().find(|option| option.name == "--serve");
        assert_eq!(serve.unwrap().commands, ["rehearse"]);
        let strict: Vec<_> = options
            .iter()
            .filter(|option| option.name == "--strict")
            .collect();
        assert!(strict.len() == 1 && strict[0].commands.is_empty());
        assert!(command_names().contains(&"check".to_owned()));
    }
}
