//! The window's own process in a call: what it holds, and what the call has added. The web view draws in processes of
//! its own, which are not the engine's.

use anyhow::Result;
use cordboard_tests::Window;

use super::{Desk, SETTLING, SOON, mebibytes, own_process};
use crate::row::Row;

pub async fn measure(desk: &Desk, window: &mut Window) -> Result<Row> {
    let process = own_process(window).await?;
    let before = mebibytes(process.memory_bytes()?);
    let caller = desk.call()?;
    window.sees_button("Answer", SOON).await?;
    window.click("button", "Answer").await?;
    window.sees_button("/Hang up/", SOON).await?;
    tokio::time::sleep(SETTLING).await;
    let within = mebibytes(process.memory_bytes()?);
    let added = within - before;
    window.click("button", "/Hang up/").await?;
    drop(caller);
    let measured = format!("{within:.1} MiB with GTK and the web view's library in it; the call added {added:.1}");
    Ok(Row::noted("desk window: memory of its own process in a call", measured))
}
