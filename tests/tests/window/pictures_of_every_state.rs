//! Pictures of the desk in every state, light and dark, English and Chinese, for people to look at: what stands in
//! `target/debug/pictures` afterwards. A state that cannot be reached, or whose words are missing, fails.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, Rig, Sound, Weight, Window, story};

use crate::checks::{SALES, SOON, settings};

/// What stands on the buttons, and what is read in each state.
struct Words {
    locale: &'static str,
    /// What the menu calls this language, and the two looks.
    language: &'static str,
    looks: [(&'static str, &'static str); 2],
    login: [&'static str; 4],
    menu: &'static str,
    take_calls: &'static str,
    waiting: &'static str,
    answer: &'static str,
    hold: &'static str,
    retrieve: &'static str,
    hang_up: &'static str,
    left: &'static str,
    /// The gateway's own sentence, which comes in the language chosen last.
    hung_up: &'static str,
    done: &'static str,
    outbound: &'static str,
    number: &'static str,
    call: &'static str,
    compact: &'static str,
    full: &'static str,
    got_it: &'static str,
    sign_out: &'static str,
}

const ENGLISH: Words = Words {
    locale: "en",
    language: "English",
    looks: [("light", "Light"), ("dark", "Dark")],
    login: ["Gateway", "User name", "Password", "Sign in"],
    menu: "/^Menu/",
    take_calls: "Take calls",
    waiting: "Waiting for a call",
    answer: "Answer",
    hold: "Hold",
    retrieve: "Retrieve",
    hang_up: "/Hang up/",
    left: "/left/",
    hung_up: "You hung up.",
    done: "Done, take calls",
    outbound: "Outbound",
    number: "Customer's number",
    call: "Call",
    compact: "Compact bar",
    full: "Full desk",
    got_it: "Got it",
    sign_out: "Sign out",
};

const CHINESE: Words = Words {
    locale: "zh",
    language: "中文",
    looks: [("light", "浅色"), ("dark", "深色")],
    login: ["网关地址", "用户名", "密码", "登录"],
    menu: "/^菜单/",
    take_calls: "开始接听",
    waiting: "等待来电",
    answer: "接听",
    hold: "保持",
    retrieve: "取回",
    hang_up: "/挂断/",
    left: "/剩余/",
    hung_up: "您已挂断。",
    done: "完成，就绪",
    outbound: "外呼",
    number: "客户号码",
    call: "呼叫",
    compact: "精简条",
    full: "完整工作台",
    got_it: "知道了",
    sign_out: "退出登录",
};

#[test]
fn pictures_of_every_state() -> Result<()> {
    story("pictures_of_every_state", Weight::Heavy, Duration::from_secs(240), &[Rig::Window], async |story| {
        let phone = Phone::new().await?;
        // Without customers' pages: nothing but the desk is to be seen.
        let mut options = settings(&[("ScreenPopUrl", "")]);
        options.extend(["--trunk-peer".to_owned(), phone.address.to_string()]);
        let gateway = Gateway::demo_with(&story, "gateway", &options).await?;
        let mut desk = Window::open(&story, &Sound::tone(300.0, 1_000)).await?;
        // The first sign-in is English; each later one is in the language that was chosen last.
        let mut door = &ENGLISH;
        for (words, look) in [(&ENGLISH, 0), (&CHINESE, 0), (&CHINESE, 1), (&ENGLISH, 1)] {
            let [gateway_field, login, password, submit] = door.login;
            desk.fill(gateway_field, &gateway.url()).await?;
            desk.fill(login, "alice").await?;
            desk.fill(password, "cordboard").await?;
            desk.click("button", submit).await?;
            for choice in [words.looks[look].1, words.language] {
                desk.click("button", door.menu).await?;
                // Whichever language the menu is in.
                let look_here = if choice == words.language { choice } else { door.looks[look].1 };
                desk.click("menuitemradio", look_here).await?;
            }
            Round { desk: &mut desk, words, look: words.looks[look].0 }.shift(&phone, &gateway).await?;
            door = words;
        }
        desk.close().await?;
        gateway.stop().await
    })
}

/// One shift in one language and look.
struct Round<'a> {
    desk: &'a mut Window,
    words: &'a Words,
    look: &'static str,
}

impl Round<'_> {
    async fn shift(&mut self, phone: &Phone, gateway: &Gateway) -> Result<()> {
        let words = self.words;
        self.desk.sees_button(words.take_calls, SOON).await?;
        self.picture("break").await?;
        self.desk.click("button", words.take_calls).await?;
        self.desk.sees(words.waiting, SOON).await?;
        self.picture("ready").await?;

        let mut caller = phone.call(gateway.sip, SALES, "13800138099").await?;
        caller.wait_answer().await?;
        self.desk.sees_button(words.answer, SOON).await?;
        self.picture("ringing").await?;
        self.desk.click("button", words.answer).await?;
        self.desk.sees_button(words.hang_up, SOON).await?;
        self.picture("talking").await?;
        self.desk.click("button", words.hold).await?;
        self.desk.sees_button(words.retrieve, SOON).await?;
        self.picture("held").await?;
        self.desk.click("button", words.menu).await?;
        self.desk.click("menuitem", words.compact).await?;
        self.desk.sees_button(words.full, SOON).await?;
        self.picture("compact").await?;
        self.desk.click("button", words.full).await?;
        self.desk.click("button", words.hang_up).await?;
        caller.wait_bye(SOON).await?;
        self.desk.sees(words.left, SOON).await?;
        self.desk.sees(words.hung_up, SOON).await?;
        self.picture("wrap-up").await?;
        self.desk.click("button", words.done).await?;

        self.desk.click("button", words.outbound).await?;
        self.desk.fill(words.number, "13900139001").await?;
        self.desk.click("button", words.call).await?;
        let callee = phone.next_call(SOON).await?;
        callee.ring().await?;
        self.desk.sees_button(words.hang_up, SOON).await?;
        self.picture("dialling").await?;
        callee.refuse(486, "Busy Here").await?;
        self.desk.sees(words.left, SOON).await?;
        self.picture("busy").await?;
        self.desk.click("button", words.got_it).await?;
        self.desk.click("button", words.done).await?;
        self.desk.sees(words.waiting, SOON).await?;

        self.desk.click("button", words.menu).await?;
        self.desk.click("menuitem", words.sign_out).await?;
        let [_, login, password, submit] = words.login;
        self.desk.fill(login, "alice").await?;
        self.picture("sign-in").await?;
        self.desk.fill(password, "wrong").await?;
        self.desk.click("button", submit).await?;
        self.desk.sees("/wrong|错误|不正确/", SOON).await?;
        self.picture("refused").await
    }

    async fn picture(&mut self, state: &str) -> Result<()> {
        self.desk.picture(&format!("window-{state}-{}-{}", self.look, self.words.locale)).await
    }
}
