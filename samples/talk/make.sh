#!/bin/sh
# Makes talk.mp4 and talk.vtt from script.txt, which has one sentence on each line. Needs flite, ffmpeg and awk.
# The voice and its pace were chosen because speech recognisers understand them (see README.md).
set -eu
cd "$(dirname "$0")"

voice=rms
pace=1.05
title="A nervous system for a small machine"
font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tr '\n' ' ' <script.txt >"$scratch/text"
flite -voice "$voice" --setf duration_stretch="$pace" -f "$scratch/text" -o "$scratch/speech.wav"

# flite speaks each sentence as an utterance of its own and tells when its last sound ends: the captions' times.
flite -voice "$voice" --setf duration_stretch="$pace" -psdur -f "$scratch/text" none |
  awk 'NF { sub(/.*:/, "", $NF); print $NF }' >"$scratch/seconds"
paste -d '\t' "$scratch/seconds" script.txt | awk -F '\t' '
  function clock(s) { return sprintf("%02d:%02d:%06.3f", s / 3600, (s % 3600) / 60, s % 60) }
  BEGIN { print "WEBVTT" }
  { printf "\n%s --> %s\n%s\n", clock(at), clock(at + $1), $2; at += $1 }
' >talk.vtt

# The picture: the title over the voice as a wave. -bitexact keeps dates and versions out of the file.
ffmpeg -v error -y -i "$scratch/speech.wav" -filter_complex "
  [0:a]showwaves=s=640x120:mode=cline:rate=5:colors=0x7aa2f7[wave];
  color=c=0x1a1b26:s=640x360:r=5[ground];
  [ground][wave]overlay=0:190:shortest=1,
  drawtext=fontfile=$font:text='$title':fontcolor=0xc0caf5:fontsize=27:x=(w-tw)/2:y=100,
  drawtext=fontfile=$font:text='System Bus, sample talk':fontcolor=0x565f89:fontsize=15:x=(w-tw)/2:y=145[picture]" \
  -map '[picture]' -map 0:a \
  -c:v libx264 -preset veryslow -crf 38 -tune animation -pix_fmt yuv420p \
  -c:a aac -b:a 24k -ar 16000 -ac 1 \
  -metadata title="$title" -metadata artist="System Bus" -metadata copyright="MIT" \
  -map_metadata:s -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart \
  talk.mp4

ls -l talk.mp4 talk.vtt
