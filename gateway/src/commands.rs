//! What a person types: `run`, `demo`, `check-config`, `customer`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::{
    config::Config,
    customer::{self, CustomerOptions},
    demo::{self, DemoOptions},
    node::{self, Extras, Node},
    parent,
};

#[derive(Parser)]
#[command(name = "cordboard-gateway", version, about = "The gateway of a Cordboard contact centre")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves a real centre.
    Run(ConfigFile),
    /// Serves a complete demo centre at once.
    Demo(DemoOptions),
    /// Reads a configuration and says what is wrong with it.
    CheckConfig(ConfigFile),
    /// A customer who calls a number, speaks, presses keys, and repeats what they are told.
    Customer(CustomerOptions),
}

#[derive(Args)]
struct ConfigFile {
    /// The TOML file; `cordboard.example.toml` shows every key.
    #[arg(long)]
    config: PathBuf,
}

/// Runs the command line and gives the exit code: 0 done, 1 failed, 2 misused.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    // One crypto provider in the process, chosen before anybody asks for one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::anyhow!(error).context("cannot start threads")),
    };
    let result = match cli.command {
        Command::Run(file) => runtime.block_on(run(&file)),
        Command::Demo(options) => runtime.block_on(demo(options)),
        Command::CheckConfig(file) => check(&file),
        Command::Customer(options) => runtime.block_on(customer::command(options)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("cordboard-gateway: {error:#}");
    ExitCode::FAILURE
}

/// Logs go to standard error; `RUST_LOG` chooses. What libraries say of whole messages stays out of INFO.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("info,rsipstack=warn,str0m=warn,sqlx=warn,sea_orm=warn")
    });
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}

fn check(file: &ConfigFile) -> Result<()> {
    Config::load(&file.config)?;
    say(&format!("{}: nothing wrong with it", file.config.display()));
    Ok(())
}

async fn run(file: &ConfigFile) -> Result<()> {
    let config = Config::load(&file.config)?;
    let store = node::open_store(&config).await?;
    node::first::create_instances(&config, &store).await?;
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics")?;
    let node = Node::start(&config, store, Extras { metrics: Some(metrics), ..Extras::default() }).await?;
    let stop = StopSignals::listen()?;
    say(&json!({"ready": true, "http": node.url(), "sip": node.sip.to_string()}).to_string());
    stop.wait().await;
    node.stop().await;
    Ok(())
}

async fn demo(options: DemoOptions) -> Result<()> {
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics")?;
    let demo = demo::start(&options, metrics).await?;
    let ready = json!({
        "ready": true,
        "http": demo.node.url(),
        "sip": demo.node.sip.to_string(),
        "instance": demo::INSTANCE,
        "access_key_id": demo.access_key_id,
        "access_key_secret": demo.access_key_secret,
    });
    let stop = StopSignals::listen()?;
    say(&ready.to_string());
    tokio::select! {
        () = stop.wait() => {}
        () = parent::gone(), if options.until_input_ends => {}
    }
    demo.stop().await;
    Ok(())
}

/// The one place that writes to standard output: what scripts read.
#[allow(clippy::print_stdout)]
pub(crate) fn say(line: &str) {
    use std::io::Write;
    println!("{line}");
    let _ = std::io::stdout().flush();
}

/// Ctrl-C and SIGTERM, heard from the moment this is made: whoever reads the ready line may stop us at once.
struct StopSignals {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl StopSignals {
    fn listen() -> Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let heard = |kind| signal(kind).context("the system does not let signals be heard");
            Ok(Self { signals: [heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn wait(self) {
        #[cfg(unix)]
        {
            let [mut interrupted, mut terminated] = self.signals;
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        tracing::info!("stopping: calls are ended, desks are told");
    }
}
