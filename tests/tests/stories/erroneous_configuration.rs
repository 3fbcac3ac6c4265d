//! A configuration with mistakes is refused with file, line and what would be right; the example is right.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Weight, places, story};
use tokio::process::Command;

#[test]
fn erroneous_configuration() -> Result<()> {
    story("erroneous_configuration", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let example = std::fs::read_to_string(places::in_repository("gateway/cordboard.example.toml"))?;
        // The password of the example comes from the environment.
        let (fine, words) = check(&story, "example.toml", &example).await?;
        assert!(fine, "the example: {words}");

        for (name, text, says) in [
            (
                "misspelt.toml",
                example.replace("rtp_ports =", "rtp_port ="),
                &["misspelt.toml", "rtp_port", "rtp_ports"][..],
            ),
            ("type.toml", example.replace("workers = 0", "workers = \"many\""), &["type.toml", "workers"]),
            (
                "wide.toml",
                example.replace("bind = \"127.0.0.1:8080\"", "bind = \"0.0.0.0:8080\""),
                &["wide.toml", "allow_plain"],
            ),
            ("range.toml", example.replace("[20000, 29999]", "[29999, 20000]"), &["range.toml", "rtp_ports"]),
            ("syntax.toml", "data = \n[[[".to_owned(), &["syntax.toml"]),
            ("cidr.toml", example.replace("203.0.113.0/29", "203.0.113.0/99"), &["cidr.toml", "allow"]),
        ] {
            let (fine, words) = check(&story, name, &text).await?;
            assert!(!fine, "{name} was accepted");
            for part in says {
                assert!(words.contains(part), "{name}: {part:?} is not in {words:?}");
            }
            assert!(!words.contains("panicked"), "{name}: {words}");
        }
        let line = example.lines().position(|line| line.starts_with("rtp_ports")).unwrap() + 1;
        let (_, words) = check(&story, "misspelt.toml", &example.replace("rtp_ports =", "rtp_port =")).await?;
        assert!(words.contains(&line.to_string()), "the line {line} is not in {words:?}");
        Ok(())
    })
}

async fn check(story: &cordboard_tests::Story, name: &str, text: &str) -> Result<(bool, String)> {
    let file = story.path(name);
    std::fs::write(&file, text)?;
    let output = Command::new(places::binary("cordboard-gateway")?)
        .args(["check-config", "--config"])
        .arg(&file)
        .env("CARRIER_PASSWORD", "secret")
        .output()
        .await?;
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok((output.status.success(), words))
}
