package report_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// chromium drives a headless Chromium over the pipes of its debugging protocol.
type chromium struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string
	id      int
	loaded  bool
	// complaints are errors of scripts and what the page's policy refused.
	complaints []string
}

// newChromium starts the browser and opens a file; the test is skipped where
// there is no Chromium.
func newChromium(t *testing.T, file string) *chromium {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	profile, err := os.MkdirTemp("", "iblint-chromium") //nolint:usetesting // processes of the browser outlive the test
	if err != nil {
		t.Fatal(err)
	}
	fromHere, toHere := pipes(t), pipes(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{fromHere.read, toHere.write}
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	// The browser has its ends of the pipes: when it goes, reading ends.
	if err := errors.Join(fromHere.read.Close(), toHere.write.Close()); err != nil {
		t.Fatal(err)
	}
	c := &chromium{t: t, in: fromHere.write, out: bufio.NewReader(toHere.read)}
	t.Cleanup(func() {
		c.send("Browser.close", nil)
		_ = cmd.Wait()            // how the browser ends is not what is tested
		_ = os.RemoveAll(profile) // its processes may still write
		cancel()
		if err := errors.Join(fromHere.write.Close(), toHere.read.Close()); err != nil {
			t.Error(err)
		}
	})
	target := c.call("Target.createTarget", map[string]any{"url": "about:blank"})["targetId"]
	c.session, _ = c.call("Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	c.call("Log.enable", nil)
	c.call("Runtime.enable", nil)
	c.call("Page.enable", nil)
	c.screen(1200, 900)
	c.call("Page.navigate", map[string]any{"url": "file://" + file})
	for !c.loaded {
		c.next()
	}
	return c
}

type pipe struct{ read, write *os.File }

func pipes(t *testing.T) pipe {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return pipe{read, write}
}

// message is one message of the protocol, in either direction.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    map[string]any  `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// send sends a command.
func (c *chromium) send(method string, params map[string]any) {
	c.t.Helper()
	c.id++
	content, err := json.Marshal(message{ID: c.id, SessionID: c.session, Method: method, Params: params})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.in.Write(append(content, 0)); err != nil {
		c.t.Fatal(err)
	}
}

// call sends a command and returns its result.
func (c *chromium) call(method string, params map[string]any) map[string]any {
	c.t.Helper()
	c.send(method, params)
	for {
		m := c.next()
		if m.ID != c.id {
			continue
		}
		if m.Error != nil {
			c.t.Fatalf("%s: %s", method, m.Error)
		}
		return m.Result
	}
}

func (c *chromium) next() message {
	c.t.Helper()
	content, err := c.out.ReadBytes(0)
	if err != nil {
		c.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(content[:len(content)-1], &m); err != nil {
		c.t.Fatal(err)
	}
	switch m.Method {
	case "Page.loadEventFired":
		c.loaded = true
	case "Log.entryAdded", "Runtime.exceptionThrown":
		c.complaints = append(c.complaints, fmt.Sprint(m.Params))
	}
	return m
}

// evaluate returns the value of an expression on the page.
func (c *chromium) evaluate(expression string) any {
	c.t.Helper()
	answer := c.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true})
	if exception, ok := answer["exceptionDetails"]; ok {
		c.t.Fatalf("%s: %v", expression, exception)
	}
	result, _ := answer["result"].(map[string]any)
	return result["value"]
}

// expect compares the value of an expression on the page.
func (c *chromium) expect(what, expression string, want any) {
	c.t.Helper()
	if got := c.evaluate(expression); fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("%s: %s is %v, want %v", what, expression, got, want)
	}
}

// click presses the mouse where an element is.
func (c *chromium) click(selector string) {
	c.t.Helper()
	c.evaluate(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center'})", selector))
	at := fmt.Sprintf("document.querySelector(%q).getBoundingClientRect()", selector)
	point := map[string]any{
		"x": c.evaluate(at + ".left + 12"), "y": c.evaluate(at + ".top + 8"), "button": "left", "clickCount": 1,
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		point["type"] = kind
		c.call("Input.dispatchMouseEvent", point)
	}
}

// press presses a key.
func (c *chromium) press(key, text string) {
	c.t.Helper()
	codes := map[string]int{"Enter": 13, "Escape": 27, "Tab": 9}
	event := map[string]any{"key": key, "code": key, "windowsVirtualKeyCode": codes[key], "type": "keyDown"}
	if text != "" {
		event["text"] = text
	}
	c.call("Input.dispatchKeyEvent", event)
	delete(event, "text")
	event["type"] = "keyUp"
	c.call("Input.dispatchKeyEvent", event)
}

// write types into what has the focus.
func (c *chromium) write(text string) {
	c.t.Helper()
	c.call("Input.insertText", map[string]any{"text": text})
}

// screen sets the size of the window.
func (c *chromium) screen(width, height int) {
	c.t.Helper()
	c.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
	})
}

// media sets what style sheets ask for: "print", or a colour scheme.
func (c *chromium) media(media, scheme string) {
	c.t.Helper()
	c.call("Emulation.setEmulatedMedia", map[string]any{
		"media": media, "features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}},
	})
}

// quiet fails the test where the browser complained of the page.
func (c *chromium) quiet() {
	c.t.Helper()
	if len(c.complaints) > 0 {
		c.t.Errorf("the browser complains: %s", strings.Join(c.complaints, "\n"))
	}
}
