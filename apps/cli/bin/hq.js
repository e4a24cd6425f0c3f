#!/usr/bin/env node
import '../dist/hq.js';
