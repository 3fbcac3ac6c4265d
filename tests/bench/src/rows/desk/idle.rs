//! What the window costs, signed in and ready, while nobody calls: its own process and those of the web view. In the
//! first minute the page counts seconds, which is not what a day consists of.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::Window;

use crate::options::Options;
use crate::process::Process;
use crate::row::Row;
use crate::spread::Spread;

const MOST_PERCENT: f64 = 0.5;
const FIRST_MINUTE: Duration = Duration::from_secs(75);
/// The web view's threads come and go, so the account is in steps of 10 ms, which a long window makes small.
const SHORTEST_WINDOW: Duration = Duration::from_secs(20);

pub async fn measure(window: &mut Window, options: &Options) -> Result<Row> {
    tokio::time::sleep(FIRST_MINUTE).await;
    let processes = window.processes().await?;
    let length = options.window().max(SHORTEST_WINDOW);
    let mut windows = Vec::with_capacity(options.rounds);
    let mut each = vec![0.0; processes.len()];
    for _ in 0..options.rounds {
        let used = percents(&processes, length).await?;
        windows.push(used.iter().sum::<f64>());
        for (sum, used) in each.iter_mut().zip(used) {
            *sum += used / options.rounds as f64;
        }
    }
    let split: Vec<String> =
        processes.iter().zip(each).map(|((name, _), percent)| format!("{} {percent:.2}", words(name))).collect();
    let spread = Spread::of(windows);
    let measured = format!("{} of a core; on average {}", spread.words(2, "%"), split.join(", "));
    Ok(Row::compared("desk window: idle, ready for more than a minute", spread.median(), MOST_PERCENT, "%", measured))
}

/// What each process used of one core in one window.
async fn percents(processes: &[(String, u32)], length: Duration) -> Result<Vec<f64>> {
    let times =
        || processes.iter().map(|(_, id)| Process(*id).processor_time_ever()).collect::<Result<Vec<Duration>>>();
    let (before, began) = (times()?, Instant::now());
    tokio::time::sleep(length).await;
    let (after, took) = (times()?, began.elapsed().as_secs_f64());
    Ok(before
        .iter()
        .zip(after)
        .map(|(before, after)| 100.0 * after.saturating_sub(*before).as_secs_f64() / took)
        .collect())
}

/// A process by what it is for.
fn words(name: &str) -> &str {
    match name {
        "cordboard-deskt" => "program",
        "WebKitWebProc" => "page",
        "WebKitNetwork" => "web view's network",
        other => other,
    }
}
