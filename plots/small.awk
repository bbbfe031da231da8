# Writes gnuplot's SVG smaller, for the eye the same: coordinates to a tenth of a pixel and from point to point, no points of a
# line that lie on it (within 0.4 px, a fifth of its width; bands 1 px), dots as one path, equal symbols in a row as one group,
# one name for the font, no empty groups or symbols without use.
function tenth(x) { return sprintf("%.1f", x) + 0 }
function short(x) { # -0.5 is -.5 in SVG
    x = tenth(x) ""
    if (x ~ /^-?0\./)
        sub(/0\./, ".", x)
    return x
}
function pair_of(x, y) { # a minus also parts two numbers
    x = short(x)
    y = short(y)
    return x (y ~ /^-/ ? "" : ",") y
}

# Keeps of the points number first..last (px, py) those that a line needs: sets use[].
function needed(first, last, tolerance,   i, far, at, dx, dy, long, d) {
    far = tolerance
    at = 0
    dx = px[last] - px[first]
    dy = py[last] - py[first]
    long = sqrt(dx * dx + dy * dy)
    for (i = first + 1; i < last; i++) {
        d = long > 0 ? (px[i] - px[first]) * dy - (py[i] - py[first]) * dx : 0
        d = long > 0 ? (d < 0 ? -d : d) / long : sqrt((px[i] - px[first]) ^ 2 + (py[i] - py[first]) ^ 2)
        if (d > far) {
            far = d
            at = i
        }
    }
    if (!at)
        return
    use[at] = 1
    needed(first, at, tolerance)
    needed(at, last, tolerance)
}

# The points px, py number 1..n as a path; one alone draws nothing (gnuplot moves there), and "l" without a point would be an error
# that ends the path for whoever shows it.
function line_of(n, tolerance,   i, text, middle, x, y) {
    if (n < 2)
        return ""
    delete use
    middle = int((n + 1) / 2) # a closed line has no length of its own
    use[middle] = use[n] = 1
    needed(1, middle, tolerance)
    needed(middle, n, tolerance)
    x = tenth(px[1])
    y = tenth(py[1])
    text = "M" pair_of(x, y) "l"
    for (i = 2; i <= n; i++)
        if (use[i]) {
            text = text (text ~ /l$/ ? "" : " ") pair_of(tenth(px[i]) - x, tenth(py[i]) - y)
            x = tenth(px[i])
            y = tenth(py[i])
        }
    return text
}

# "M1,2 L3,4 M5,6 ..." or the points of a polygon: each line from an M on. Left alone where there are other commands.
function path(data, tolerance,   n, i, token, count, out, pair) {
    if (data ~ /[^ML0-9,. \t\n-]/)
        return data
    n = split(data, token, /[ \t\n]+/)
    for (i = 1; i <= n; i++) {
        if (token[i] == "")
            continue
        if (token[i] ~ /^M/ && count) {
            out = out line_of(count, tolerance)
            count = 0
        }
        split(substr(token[i], token[i] ~ /^[ML]/ ? 2 : 1), pair, ",")
        px[++count] = pair[1]
        py[count] = pair[2]
    }
    return out (count ? line_of(count, tolerance) : "")
}

function row(text) { all = all text "\n" }

# Takes an element's row. A group without attributes, or with nothing in it, is left out.
function say(text) {
    if (text ~ /^<g[ >]/) {
        kept[++depth] = text != "<g>"
        if (kept[depth]) {
            if (open != "")
                row(open)
            open = text
        }
        return
    }
    if (text == "</g>" && depth > 0 && !kept[depth--])
        return
    if (text == "</g>" && open != "") {
        open = ""
        return
    }
    if (open != "")
        row(open)
    open = ""
    row(text)
}

# gnuplot's symbols of a number, size and colour: figure draws one from (left, up) beside its middle. "": as gnuplot has it.
function begin_symbols(number, s, colour,   filled) {
    left = up = 0
    figure = ""
    filled = number % 2 == 0
    if (number == 6) # a line of no length with round ends
        figure = "h0"
    else if (number == 3 || number == 4) { # square
        left = up = -s
        figure = "h" short(2 * s) "v" short(2 * s) "h" short(-2 * s) "z"
    } else if (number == 7 || number == 8) { # triangle
        up = -1.33 * s
        figure = "l" pair_of(-1.33 * s, 2 * s) "h" short(2.66 * s) "z"
    } else if (number == 9 || number == 10) {
        up = 1.33 * s
        figure = "l" pair_of(1.33 * s, -2 * s) "h" short(-2.66 * s) "z"
    } else if (number == 11 || number == 12) { # diamond
        up = -1.414 * s
        figure = "l" pair_of(1.414 * s, 1.414 * s) " " pair_of(-1.414 * s, 1.414 * s) " " pair_of(-1.414 * s, -1.414 * s) "z"
    }
    if (figure == "")
        say("<g transform='scale(" s ")' color='" colour "'>")
    else if (number == 6)
        dots = "<path stroke='" colour "' stroke-width='" 2.178 * s "' stroke-linecap='round' d='"
    else
        dots = "<path stroke='" colour "' stroke-width='" 0.178 * s "'" (filled ? " fill='" colour "'" : "") " d='"
}

function end_symbols() {
    if (dots != "")
        say(dots "'/>")
    else if (symbols != "")
        say("</g>")
    dots = symbols = ""
}

# One element, or a tag, of the figure.
function element(text,   part, at, number, before, data, after, band, x, y) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    if (match(text, / (d|points) ?= ?'[^']*'/)) {
        before = substr(text, 1, RSTART - 1)
        data = substr(text, RSTART, RLENGTH)
        after = substr(text, RSTART + RLENGTH)
        band = data !~ /^ d/
        sub(/<polygon/, "<path", before)
        sub(/^[^']*'/, "", data)
        sub(/'$/, "", data)
        text = before " d='" path(data, band ? 1 : 0.4) (band ? "z" : "") "'" after
    }
    if (text ~ /^<g fill="none" color="black"/) { # what all of them say is said once, around them
        if (common == "")
            row(common = text)
        if (text == common)
            text = "<g>"
    }
    if (text !~ /^<use xlink:href='#gpPt[0-9]+' transform='translate\([0-9.-]+,[0-9.-]+\) scale\([0-9.]+\)' color='[^']*'\/>$/) {
        end_symbols()
        if (text ~ /<\/svg>/ && common != "")
            say("</g>")
        if (text != "")
            say(text)
        return
    }
    split(text, part, "'")
    split(part[4], at, /[(), ]+/)
    number = substr(part[2], 6) + 0
    if (symbols != number " " at[5] part[6]) {
        end_symbols()
        symbols = number " " at[5] part[6]
        begin_symbols(number, at[5], part[6])
    }
    if (figure == "") {
        say("<use xlink:href='" part[2] "' x='" tenth(at[2] / at[5]) "' y='" tenth(at[3] / at[5]) "'/>")
        return
    }
    x = tenth(at[2] + left)
    y = tenth(at[3] + up)
    dots = dots (dots ~ /d='$/ ? "M" pair_of(x, y) : "m" pair_of(x - x0, y - y0)) figure
    x0 = x
    y0 = y
}

{
    gsub(/ font-family="DejaVu Sans"/, "")
    while (match($0, /rgb\( *[0-9]+, *[0-9]+, *[0-9]+\)/)) {
        split(substr($0, RSTART + 4, RLENGTH - 5), colour, /, */)
        $0 = substr($0, 1, RSTART - 1) sprintf("#%02x%02x%02x", colour[1], colour[2], colour[3]) substr($0, RSTART + RLENGTH)
    }
}
/<defs>/ { defining = 1 }
defining { # kept for what is used
    defined = defined $0 "\n"
    if (/<\/defs>/) {
        defining = 0
        body = 1
    }
    next
}
!body { print; next }
waiting != "" { $0 = waiting "\n" $0; waiting = "" }
/<(path|polygon) [^>]*$/ { waiting = $0; next } # goes on in the next row
{
    gsub(/>[ \t]*<g/, ">\f<g")
    gsub(/>[ \t]*<use/, ">\f<use")
    sub(/>[ \t]*<\/g>$/, ">\f</g>")
    n = split($0, elements, "\f")
    for (i = 1; i <= n; i++)
        element(elements[i])
}
END { printf "%s%s", all ~ /#(gpPt|gpDot|textbox|greybox)/ ? defined : "", all }
