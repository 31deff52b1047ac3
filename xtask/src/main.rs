//! `cargo xtask <task>`: generated files, checks, and the way to AWS.

mod access_patterns;
mod arguments;
mod aws;
mod banks;
mod bucket;
mod change_set;
mod console;
mod deploy;
mod destroy;
mod dist;
mod generated;
mod new_operation;
mod package;
mod room;
mod stack;

use std::process::ExitCode;

use lexopt::Parser;

const HELP: &str = "\
Usage: cargo xtask <task>

  openapi          write infra/openapi.json from the tables and types
  stack            write the templates from the tables and infra/access.toml
  access-patterns  write the table of operations in docs/access-patterns.md from infra/access.toml
  banks            write the table of banks from shared/brazil/data/banks.csv
    --check                write nothing; fail when a file differs or breaks a rule of the house

  new-operation    make the files and rows of an operation: <domain> <verb_noun> <METHOD> <path>

  dist             build every domain and put it into dist/<domain>.zip, as Lambda takes it
    --profile NAME         dist (default) or release
    --out FOLDER           where the zips go (default: dist)
    --host                 for this machine, whatever it is; measured, and never sent to AWS
    --loopback-receivers   webhooks may go to loopback over http; refused in profile dist

  deploy           bring infra/template.yaml and the zips to AWS
    --stage NAME           sandbox or live
    --parameter NAME=VALUE a parameter of the template; may be repeated
    --stack NAME           the stack (default: trilho-<stage>)
    --region NAME          the region (default: what the AWS CLI is set up for)
    --dist FOLDER          where the zips are (default: dist)
    --yes                  do not ask

  destroy          delete a stack; its tables, secrets and archive are kept
    --stage NAME, --stack NAME, --region NAME, --yes
";

/// What was asked for is not understood; the same as most programs answer.
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
        Some("access-patterns") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| access_patterns::run(&options)),
        Some("banks") => generated::GenerateOptions::parse(&mut arguments)
            .map(|options| generated::banks(&options)),
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
