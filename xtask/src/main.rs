//! `cargo xtask <task>`: generated files, checks, builds and deployments.

mod access_patterns;
mod arguments;
mod aws;
mod banks;
mod brake;
mod bucket;
mod change_set;
mod concurrency;
mod console;
mod deploy;
mod destroy;
mod dist;
mod event_table;
mod generated;
mod host;
mod new_operation;
mod package;
mod stack;
mod states;
mod tools;

use std::process::ExitCode;

use lexopt::Parser;

const HELP: &str = "\
Usage: cargo xtask <task>

  openapi          write infra/openapi.json and the event types of
                   docs/webhooks.md
  functions        write docs/functions.md, the list of all functions
  stack            write the templates from the tables and infra/access.toml
  access-patterns  write the table of operations in docs/access-patterns.md
  banks            write the table of banks from shared/brazil/data/banks.csv
  states           write docs/states.md from the tables of the lifecycles
    --check                write nothing; fail if a file is out of date or
                           breaks a rule

  new-operation    make the files and rows of an operation:
                   <domain> <verb_noun> <METHOD> <path>

  dist             build every domain for Lambda into dist/<domain>.zip
    --profile NAME         dist (default), release, or dev for a stack on this
                           machine, where webhooks may go to loopback
    --out FOLDER           folder for the zips (default: dist)
    --host                 build for this machine, to measure sizes; never
                           deployed to AWS

  deploy           deploy infra/template.yaml and the zips to AWS
    --stage NAME           sandbox or live
    --parameter NAME=VALUE a parameter of the template; can be repeated
    --stack NAME           the stack (default: trilho-<stage>)
    --region NAME          the region (default: the region of the AWS CLI)
    --dist FOLDER          folder with the zips (default: dist)
    --allow-replacement=ID replace or remove this table, secret, bucket or
                           API; can be repeated
    --yes                  do not ask

  destroy          delete a stack and keep its tables, secrets and buckets
    --stage NAME, --stack NAME, --region NAME, --yes
";

/// Exit status of wrong arguments, as in most programs.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = Parser::from_env();
    let task = match arguments.next() {
        Ok(Some(lexopt::Arg::Value(task))) => task,
        _ => return usage(HELP),
    };
    let outcome = match task.to_str() {
        Some("openapi") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| generated::openapi(&options)),
        Some("stack") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| generated::stack(&options)),
        Some("functions") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| generated::functions(&options)),
        Some("banks") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| generated::banks(&options)),
        Some("states") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| states::states(&options)),
        Some("access-patterns") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| access_patterns::run(&options)),
        Some("new-operation") => new_operation::NewOperation::parse(&mut arguments)
            .map(|operation| new_operation::run(&operation)),
        Some("dist") => dist::DistOptions::parse(&mut arguments).map(|options| dist::run(&options)),
        Some("deploy") => {
            deploy::DeployOptions::parse(&mut arguments).map(|options| deploy::run(&options))
        }
        Some("destroy") => {
            destroy::DestroyOptions::parse(&mut arguments).map(|options| destroy::run(&options))
        }
        _ => return usage(HELP),
    };
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(message)) => {
            console::complain(&message);
            ExitCode::FAILURE
        }
        Err(cause) => usage(&format!("{cause}; see cargo xtask help")),
    }
}

fn usage(text: &str) -> ExitCode {
    console::complain(text);
    ExitCode::from(USAGE)
}
